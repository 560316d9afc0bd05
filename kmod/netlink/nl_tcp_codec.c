// SPDX-License-Identifier: GPL-2.0-only
/* What is known of a TCP connection as attributes. */
#include <ksteer/tcp_step.h>

#include "netlink/netlink.h"
#include "packet/track.h"
#include "store/flow.h"

/* The bits of a flow's track that are told */
static const struct {
	u32 track;
	u32 flag;
} ksteer_nl_tcp_bit[] = {
	{ KSTEER_TRACK_SYN, KSTEER_TCP_FLAGS_SYN },
	{ KSTEER_TRACK_SEEN(KSTEER_DIR_OPEN), KSTEER_TCP_FLAGS_SEEN },
	{ KSTEER_TRACK_SEEN(KSTEER_DIR_REPLY), KSTEER_TCP_FLAGS_REPLY_SEEN },
	{ KSTEER_TRACK_FIN(KSTEER_DIR_OPEN), KSTEER_TCP_FLAGS_FIN },
	{ KSTEER_TRACK_FIN(KSTEER_DIR_REPLY), KSTEER_TCP_FLAGS_REPLY_FIN },
	{ KSTEER_TRACK_ACKED(KSTEER_DIR_OPEN), KSTEER_TCP_FLAGS_FIN_ACKED },
	{ KSTEER_TRACK_ACKED(KSTEER_DIR_REPLY),
	  KSTEER_TCP_FLAGS_REPLY_FIN_ACKED },
	{ KSTEER_TRACK_WINDOW(KSTEER_DIR_OPEN), KSTEER_TCP_FLAGS_WINDOW },
	{ KSTEER_TRACK_WINDOW(KSTEER_DIR_REPLY),
	  KSTEER_TCP_FLAGS_REPLY_WINDOW },
	{ KSTEER_TRACK_LIVED, KSTEER_TCP_FLAGS_ESTABLISHED },
	{ KSTEER_TRACK_VOUCHED, KSTEER_TCP_FLAGS_VOUCHED },
};

#define KSTEER_NL_TCP_RESET \
	(KSTEER_TCP_FLAGS_RESET | KSTEER_TCP_FLAGS_REPLY_RESET)

/* The attributes of each direction stand in the same order */
static const int ksteer_nl_tcp_first[KSTEER_DIRS] = { KSTEER_A_TCP_END,
						      KSTEER_A_TCP_REPLY_END };

static u32 ksteer_nl_tcp_flags(u32 track)
{
	unsigned int i;
	u32 flags = 0;

	for (i = 0; i < ARRAY_SIZE(ksteer_nl_tcp_bit); i++)
		if (track & ksteer_nl_tcp_bit[i].track)
			flags |= ksteer_nl_tcp_bit[i].flag;
	/* Closed, and not by the four ends */
	if ((track & KSTEER_TRACK_STATE) == KSTEER_STATE_CLOSED &&
	    (track & KSTEER_TRACK_ENDED) != KSTEER_TRACK_ENDED)
		flags |= track & KSTEER_TRACK_RST_REPLY ?
				 KSTEER_TCP_FLAGS_REPLY_RESET :
				 KSTEER_TCP_FLAGS_RESET;
	return flags;
}

static u32 ksteer_nl_tcp_track(u32 flags)
{
	unsigned int i;
	u32 track = 0;

	for (i = 0; i < ARRAY_SIZE(ksteer_nl_tcp_bit); i++)
		if (flags & ksteer_nl_tcp_bit[i].flag)
			track |= ksteer_nl_tcp_bit[i].track;
	if (flags & KSTEER_TCP_FLAGS_REPLY_RESET)
		track |= KSTEER_TRACK_RST_REPLY;
	return track;
}

/* The state that the flags speak of; @tcp has their bits, and is half open */
static void ksteer_nl_tcp_settle(struct ksteer_tcp *tcp, u32 flags)
{
	if (flags & KSTEER_NL_TCP_RESET)
		ksteer_tcp_set_state(tcp, KSTEER_STATE_CLOSED);
	else if (flags & KSTEER_TCP_FLAGS_ESTABLISHED)
		ksteer_tcp_settle(tcp);
}

/**
 * ksteer_nl_put_tcp - append what another distributor needs to go on with a flow
 * @skb: the message
 * @flow: the flow; nothing is appended if it is no TCP connection, or one that
 *	  was stored without its numbers and has not shown them yet
 *
 * Return: 0 or -EMSGSIZE.
 */
int ksteer_nl_put_tcp(struct sk_buff *skb, const struct ksteer_flow *flow)
{
	const struct ksteer_tcp tcp = { .track = READ_ONCE(flow->track) };
	u32 track = tcp.track;
	struct nlattr *nest;
	int dir;

	if (flow->key.proto != IPPROTO_TCP || ksteer_flow_is_partial(flow) ||
	    ksteer_tcp_is_unproven(&tcp))
		return 0;
	nest = nla_nest_start(skb, KSTEER_A_FLOW_TCP);
	if (!nest ||
	    nla_put_u32(skb, KSTEER_A_TCP_FLAGS, ksteer_nl_tcp_flags(track)))
		return -EMSGSIZE;
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		u8 scale = (track & KSTEER_TRACK_SCALE(dir)) >>
			   KSTEER_TRACK_SCALE_SHIFT(dir);
		int first = ksteer_nl_tcp_first[dir];

		if (nla_put_u32(skb, first, READ_ONCE(flow->end[dir])) ||
		    nla_put_u32(skb, first + 1, READ_ONCE(flow->ack[dir])) ||
		    nla_put_u16(skb, first + 2, READ_ONCE(flow->win[dir])) ||
		    nla_put_u8(skb, first + 3, scale))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* A side that was seen has numbers, and one that was not has closed nothing */
static int ksteer_nl_tcp_check(const struct nlattr *nest, struct nlattr **tb,
			       u32 track, int dir,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *flags = tb[KSTEER_A_TCP_FLAGS];
	int first = ksteer_nl_tcp_first[dir], type, last = first;

	if (track & KSTEER_TRACK_ACKED(dir) &&
	    !(track & KSTEER_TRACK_FIN(dir))) {
		NL_SET_ERR_MSG_ATTR(extack, flags,
				    "What was not sent is not acknowledged");
		return -EINVAL;
	}
	if (!(track & KSTEER_TRACK_SEEN(dir))) {
		if (!(track &
		      (KSTEER_TRACK_WINDOW(dir) | KSTEER_TRACK_FIN(dir))))
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, flags,
				    "A side that was not seen has no numbers");
		return -EINVAL;
	}
	if (track & KSTEER_TRACK_WINDOW(dir))
		last = first + 2;
	for (type = first; type <= last; type++) {
		if (tb[type])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "A side that was seen has numbers");
		NL_SET_ERR_ATTR_MISS(extack, nest, type);
		return -EINVAL;
	}
	return 0;
}

static void ksteer_nl_tcp_side(struct nlattr **tb, struct ksteer_tcp *tcp,
			       int dir)
{
	int first = ksteer_nl_tcp_first[dir];
	u32 scale = KSTEER_TCP_SCALE_MAX;

	if (tb[first])
		tcp->end[dir] = nla_get_u32(tb[first]);
	if (tb[first + 1])
		tcp->ack[dir] = nla_get_u32(tb[first + 1]);
	if (tb[first + 2])
		tcp->win[dir] = nla_get_u16(tb[first + 2]);
	if (tb[first + 3])
		scale = nla_get_u8(tb[first + 3]);
	tcp->track |= scale << KSTEER_TRACK_SCALE_SHIFT(dir);
}

/**
 * ksteer_nl_parse_tcp - read what is known of a connection
 * @nest: the attribute
 * @tcp: filled; the state follows from the flags, and its age begins now
 * @extack: for the sentence
 *
 * Return: 0 or -EINVAL.
 */
int ksteer_nl_parse_tcp(const struct nlattr *nest, struct ksteer_tcp *tcp,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KSTEER_A_TCP_MAX + 1];
	u32 flags = 0;
	int dir, err;

	err = nla_parse_nested(tb, KSTEER_A_TCP_MAX, nest, ksteer_tcp_nl_policy,
			       extack);
	if (err)
		return err;
	if (tb[KSTEER_A_TCP_FLAGS])
		flags = nla_get_u32(tb[KSTEER_A_TCP_FLAGS]);
	*tcp = (struct ksteer_tcp){
		.track = ksteer_nl_tcp_track(flags) |
			 ksteer_track_now() << KSTEER_TRACK_BORN_SHIFT,
	};
	if (!ksteer_tcp_saw(tcp, KSTEER_DIR_OPEN) &&
	    !ksteer_tcp_saw(tcp, KSTEER_DIR_REPLY)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "Numbers are of a side that was seen");
		return -EINVAL;
	}
	if ((flags & KSTEER_NL_TCP_RESET) == KSTEER_NL_TCP_RESET) {
		NL_SET_ERR_MSG_ATTR(extack, tb[KSTEER_A_TCP_FLAGS],
				    "One side alone resets a connection");
		return -EINVAL;
	}
	for (dir = 0; dir < KSTEER_DIRS; dir++) {
		err = ksteer_nl_tcp_check(nest, tb, tcp->track, dir, extack);
		if (err)
			return err;
		ksteer_nl_tcp_side(tb, tcp, dir);
	}
	ksteer_nl_tcp_settle(tcp, flags);
	return 0;
}
