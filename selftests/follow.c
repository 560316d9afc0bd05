// SPDX-License-Identifier: GPL-2.0-only
/*
 * follow [-b BYTES] [-d EVENTS] [-w]: keep a copy of the store by a dump and the
 * events behind it, until SIGTERM; then compare it with the store.
 *
 *	-b BYTES	room of the socket that events come by (64 MB)
 *	-d EVENTS	dump anew after so many
 *	-w		wait: read no event before SIGUSR1
 *
 * Says "follows" when it listens, "heard N" at SIGUSR1, a line for each thing that
 * cannot be, and at the end "events N lost N dumps N flows N". Exit code 1 if the
 * events of a flow came out of order, or the copy is not what is stored.
 */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include "nl_commands.h"
#include "nl_talk.h"

#define BUCKETS (1 << 16)
#define KEY_MAX 64
#define NAME_SIZE 32
#define SAY_MOST 20

/**
 * struct entry - a flow of the copy
 * @next: in its bucket
 * @serial: its number
 * @key: addresses, ports, protocol, VLAN, fields, as they came
 * @key_len: bytes of @key
 * @tm: traffic manager
 * @vs: virtual server
 * @had: events that it has had, a bit each
 * @seen: number of the last dump that showed it
 */
struct entry {
	struct entry *next;
	__u32 serial;
	unsigned char key[KEY_MAX];
	unsigned int key_len;
	char tm[NAME_SIZE];
	char vs[NAME_SIZE];
	unsigned int had;
	unsigned int seen;
};

/*
 * @position: of the last event that the copy has, or of its dump
 * @settled: last event whose flow the dump may not have met; behind it an event
 *	     of an unknown flow is wrong
 */
static struct entry *bucket[BUCKETS];
static unsigned long long position, settled;
static unsigned long often = -1, events, lost, dumps, flows, wrong;
static int family, talker, listener;
static bool stale = true;

static void say(const char *what, __u32 serial, int event)
{
	if (wrong++ < SAY_MOST)
		printf("# flow %u: %s (event %d, position %llu)\n", serial,
		       what, event, position);
}

static struct entry **place(__u32 serial)
{
	struct entry **at = &bucket[serial % BUCKETS];

	while (*at && (*at)->serial != serial)
		at = &(*at)->next;
	return at;
}

static void drop(struct entry **at)
{
	struct entry *entry = *at;

	*at = entry->next;
	free(entry);
	flows--;
}

static void drop_all(void)
{
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		while (bucket[i])
			drop(&bucket[i]);
}

static const struct nlattr *part(const struct nlattr *flow, int type)
{
	return attr_find(flow + 1, flow->nla_len - NLA_HDRLEN, type);
}

static unsigned long long number(const struct nlattr *attr)
{
	unsigned long long n = 0;

	if (attr)
		memcpy(&n, attr + 1, attr->nla_len - NLA_HDRLEN);
	return n;
}

static void name(char *to, const struct nlattr *attr)
{
	memset(to, 0, NAME_SIZE);
	if (attr)
		snprintf(to, NAME_SIZE, "%s", (const char *)(attr + 1));
}

static void read_entry(struct entry *entry, const struct nlattr *flow)
{
	static const int types[] = { KSTEER_A_FLOW_SRC,	  KSTEER_A_FLOW_DST,
				     KSTEER_A_FLOW_SPORT, KSTEER_A_FLOW_DPORT,
				     KSTEER_A_FLOW_PROTO, KSTEER_A_FLOW_VLAN,
				     KSTEER_A_FLOW_FIELDS };
	const struct nlattr *attr;
	unsigned int i, len;

	memset(entry->key, 0, KEY_MAX);
	entry->key_len = 0;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		attr = part(flow, types[i]);
		if (!attr)
			continue;
		len = attr->nla_len - NLA_HDRLEN;
		memcpy(entry->key + entry->key_len, attr + 1, len);
		entry->key_len += len;
	}
	name(entry->tm, part(flow, KSTEER_A_FLOW_TM));
	name(entry->vs, part(flow, KSTEER_A_FLOW_VS));
}

/* Return: the entry, which is made if it is not there */
static struct entry *take(const struct nlattr *flow)
{
	__u32 serial = number(part(flow, KSTEER_A_FLOW_SERIAL));
	struct entry **at = place(serial), *entry = *at;

	if (!entry) {
		entry = calloc(1, sizeof(*entry));
		if (!entry)
			die("calloc");
		entry->serial = serial;
		*at = entry;
		flows++;
	}
	read_entry(entry, flow);
	return entry;
}

/* The events of one flow: new, established once, moves, delete */
static void apply(const struct nlattr *flow, unsigned int event)
{
	__u32 serial = number(part(flow, KSTEER_A_FLOW_SERIAL));
	struct entry **at = place(serial);
	unsigned int had = *at ? (*at)->had : 0;

	if (event == KSTEER_EVENT_NEW) {
		if (had)
			say("new, but there were events of it", serial, event);
		take(flow)->had |= 1 << event;
		return;
	}
	if (!*at) {
		if (position > settled)
			say("an event before its beginning, or after its end",
			    serial, event);
		return;
	}
	if (event == KSTEER_EVENT_ESTABLISHED && had & 1 << event)
		say("established twice", serial, event);
	take(flow)->had |= 1 << event;
	if (event == KSTEER_EVENT_DELETE)
		drop(at);
}

static void hear(const struct nlattr *flow)
{
	unsigned long long at = number(part(flow, KSTEER_A_FLOW_POSITION));
	unsigned int event = number(part(flow, KSTEER_A_FLOW_EVENT));

	/* The dump had it already */
	if (stale || at <= position)
		return;
	if (event == KSTEER_EVENT_LOST || at != position + 1) {
		lost++;
		stale = true;
		return;
	}
	position = at;
	apply(flow, event);
	if (++events % often == 0)
		stale = true;
}

static void each_flow(const struct nlmsghdr *nlh,
		      void (*fn)(const struct nlattr *flow))
{
	const struct nlattr *attr = (void *)((char *)nlh + HEADERS);
	int len = nlh->nlmsg_len - HEADERS;

	while (len >= NLA_HDRLEN) {
		if ((attr->nla_type & NLA_TYPE_MASK) == KSTEER_A_FLOWS_FLOW)
			fn(attr);
		len -= NLA_ALIGN(attr->nla_len);
		attr = (void *)((char *)attr + NLA_ALIGN(attr->nla_len));
	}
}

/* Return: whether something came within @ms; what the socket lost shows itself */
static bool listen_for(int ms)
{
	static unsigned char buf[1 << 16] __attribute__((aligned(8)));
	struct pollfd pfd = { .fd = listener, .events = POLLIN };
	const struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	int len;

	if (poll(&pfd, 1, ms) <= 0)
		return false;
	len = recv(listener, buf, sizeof(buf), MSG_DONTWAIT);
	if (len < 0 && errno == ENOBUFS) {
		lost++;
		stale = true;
		return true;
	}
	for (nlh = (void *)buf; NLMSG_OK(nlh, len);
	     nlh = NLMSG_NEXT(nlh, len)) {
		genl = NLMSG_DATA(nlh);
		if (nlh->nlmsg_type == family &&
		    genl->cmd == KSTEER_CMD_FLOW_NTF)
			each_flow(nlh, hear);
	}
	return true;
}

static void ask(bool all, talk_fn fn, struct answer *answer)
{
	static struct msg msg;
	__u16 port = 1;

	msg_begin(&msg, family, KSTEER_CMD_FLOW_GET, NLM_F_DUMP);
	if (!all) {
		msg_nest(&msg, KSTEER_A_FLOWS_FILTER);
		msg_put(&msg, KSTEER_A_FLOW_SPORT, &port, sizeof(port));
		msg_nest_end(&msg);
	}
	msg_head(&msg)->nlmsg_len = msg.len;
	talk(talker, &msg, answer, fn, NULL);
	if (answer->err) {
		errno = answer->err;
		die("flow-get");
	}
}

static unsigned long long position_of(const struct answer *answer)
{
	return number(attr_find(answer->first, answer->first_len,
				KSTEER_A_FLOWS_POSITION));
}

static void note_flow(const struct nlattr *flow)
{
	take(flow)->seen = dumps;
}

static void note(const struct nlmsghdr *nlh, void *arg)
{
	(void)arg;
	each_flow(nlh, note_flow);
}

/* From the beginning: what is stored, and how far the events are in it */
static void dump(void)
{
	struct answer answer;

	drop_all();
	dumps++;
	ask(true, note, &answer);
	position = position_of(&answer);
	/* How far they were when the last flow was shown */
	ask(false, NULL, &answer);
	settled = position_of(&answer);
	stale = false;
}

/* Return: whether the copy is up to date */
static bool keep_up(int ms)
{
	if (stale)
		dump();
	return !listen_for(ms) && !stale;
}

static void compare_flow(const struct nlattr *flow)
{
	__u32 serial = number(part(flow, KSTEER_A_FLOW_SERIAL));
	struct entry *entry = *place(serial), now;

	if (!entry) {
		say("stored, but not in the copy", serial, -1);
		return;
	}
	read_entry(&now, flow);
	if (memcmp(now.key, entry->key, KEY_MAX) ||
	    memcmp(now.tm, entry->tm, NAME_SIZE) ||
	    memcmp(now.vs, entry->vs, NAME_SIZE))
		say("differs from the copy", serial, -1);
	entry->seen = dumps;
}

static void compare(const struct nlmsghdr *nlh, void *arg)
{
	(void)arg;
	each_flow(nlh, compare_flow);
}

/* The store must stand still meanwhile */
static void judge(void)
{
	struct answer answer;
	struct entry *entry;
	unsigned int i;

	while (!keep_up(300))
		;
	dumps++;
	ask(true, compare, &answer);
	if (position_of(&answer) != position)
		say("the store did not stand still", 0, -1);
	for (i = 0; i < BUCKETS; i++)
		for (entry = bucket[i]; entry; entry = entry->next)
			if (entry->seen != dumps)
				say("in the copy, but not stored",
				    entry->serial, -1);
}

/* The number of the group of flow events */
static __u32 group_of_flows(void)
{
	const struct nlattr *groups, *group;
	static struct msg msg;
	struct answer answer;
	int left;

	msg_begin(&msg, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	msg_put(&msg, CTRL_ATTR_FAMILY_NAME, KSTEER_GENL_NAME,
		sizeof(KSTEER_GENL_NAME));
	talk(talker, &msg, &answer, NULL, NULL);
	groups = attr_find(answer.first, answer.first_len,
			   CTRL_ATTR_MCAST_GROUPS);
	if (!groups)
		die("groups");
	left = groups->nla_len - NLA_HDRLEN;
	for (group = groups + 1; left >= NLA_HDRLEN;
	     left -= NLA_ALIGN(group->nla_len),
	    group = (void *)((char *)group + NLA_ALIGN(group->nla_len)))
		if (!strcmp((char *)(part(group, CTRL_ATTR_MCAST_GRP_NAME) + 1),
			    KSTEER_MCGRP_FLOW))
			return number(part(group, CTRL_ATTR_MCAST_GRP_ID));
	die("group");
}

static void join(int room)
{
	__u32 group = group_of_flows();

	listener = talk_open();
	if (setsockopt(listener, SOL_SOCKET, SO_RCVBUFFORCE, &room,
		       sizeof(room)) ||
	    setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		die("join");
}

/* Signals that were sent since the last look; blocked, or a recv() would fail */
static int told(const sigset_t *signals, int sec)
{
	struct timespec patience = { .tv_sec = sec };

	return sigtimedwait(signals, NULL, &patience);
}

int main(int argc, char **argv)
{
	int sig, flag, room = 64 << 20;
	bool wait = false;
	sigset_t signals;

	while ((flag = getopt(argc, argv, "b:d:w")) != -1) {
		if (flag == 'b')
			room = atoi(optarg);
		else if (flag == 'd')
			often = atoi(optarg);
		else if (flag == 'w')
			wait = true;
		else
			return 2;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	talker = talk_open();
	family = talk_family(talker, KSTEER_GENL_NAME);
	join(room);
	dump();
	printf("follows\n");
	fflush(stdout);
	while (wait && told(&signals, 60) != SIGUSR1)
		;
	while ((sig = told(&signals, 0)) != SIGTERM) {
		keep_up(20);
		if (sig != SIGUSR1)
			continue;
		printf("heard %lu\n", events);
		fflush(stdout);
	}
	judge();
	printf("events %lu lost %lu dumps %lu flows %lu\n", events, lost, dumps,
	       flows);
	return wrong ? 1 : 0;
}
