// SPDX-License-Identifier: GPL-2.0-only
/*
 * The step of <ksteer/tcp_step.h> beside the kernel's own connection tracking.
 * Both see the same segments: of two hosts that speak to each other, with
 * losses, repetitions and resets, and of somebody who sends in between.  Of
 * hosts alone both must say the same when they have ended.  Of a stranger
 * ksteer may believe less than conntrack, and more only where it is said here
 * why.
 */
#include <linux/prandom.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/tcp.h>
#include <ksteer/tcp_step.h>

#include "fixture.h"

#define SYN KSTEER_TCP_SYN
#define FIN KSTEER_TCP_FIN
#define RST KSTEER_TCP_RST
#define ACK KSTEER_TCP_ACK

#define DUETS 400 /* conversations of a case */
#define MSS 1400

/**
 * struct side - a host
 * @next: what it sends next
 * @acked: what the other has acknowledged
 * @got: what it has received, all in order
 * @left: bytes to send still
 * @scale: shift of its window
 * @closed: its FIN was sent
 */
struct side {
	u32 next;
	u32 acked;
	u32 got;
	u32 left;
	u8 scale;
	bool closed;
};

/**
 * struct duet - a conversation, and what each of the two makes of it
 * @test: the test
 * @rnd: chance
 * @side: the hosts
 * @tcp: what ksteer knows
 * @ct: conntrack's entry
 * @sport: port of the opener
 * @verdict: what ksteer said of the last segment
 * @anew: conntrack has begun another entry
 */
struct duet {
	struct kunit *test;
	struct rnd_state *rnd;
	struct side side[2];
	struct ksteer_tcp tcp;
	struct nf_conn *ct;
	u16 sport;
	enum ksteer_tcp_verdict verdict;
	bool anew;
};

static u32 below(struct duet *d, u32 n)
{
	return prandom_u32_state(d->rnd) % n;
}

/* --- conntrack ------------------------------------------------------------ */

static void duet_header(struct sk_buff *skb, const struct duet *d,
			const struct ksteer_segment *seg, u32 doff)
{
	struct tcphdr *th = skb_put_zero(skb, doff);

	skb_reset_transport_header(skb);
	skb_set_transport_header(skb, sizeof(struct iphdr));
	th->source = htons(seg->dir ? 80 : d->sport);
	th->dest = htons(seg->dir ? d->sport : 80);
	th->seq = htonl(seg->seq);
	th->ack_seq = htonl(seg->ack);
	th->doff = doff / 4;
	((u8 *)th)[13] = seg->flags;
	th->window = htons(seg->window);
	if (doff > sizeof(*th)) {
		u8 *option = (u8 *)(th + 1);

		option[0] = TCPOPT_NOP;
		option[1] = TCPOPT_WINDOW;
		option[2] = TCPOLEN_WINDOW;
		option[3] = seg->scale - 1;
	}
}

static struct sk_buff *duet_skb(const struct duet *d,
				const struct ksteer_segment *seg)
{
	u32 payload = seg->len - !!(seg->flags & SYN) - !!(seg->flags & FIN);
	u32 doff = sizeof(struct tcphdr) + (seg->scale ? 4 : 0);
	struct sk_buff *skb =
		alloc_skb(sizeof(struct iphdr) + doff + payload, GFP_KERNEL);
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(d->test, skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	*iph = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tot_len = htons(sizeof(*iph) + doff + payload),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.saddr = htonl(0x0a000001 + seg->dir),
		.daddr = htonl(0x0a000002 - seg->dir),
	};
	ip_send_check(iph);
	duet_header(skb, d, seg, doff);
	skb_put_zero(skb, payload);
	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	return skb;
}

static void duet_track(struct duet *d, const struct ksteer_segment *seg)
{
	const struct nf_hook_state state = {
		.hook = NF_INET_PRE_ROUTING,
		.pf = NFPROTO_IPV4,
		.net = &init_net,
	};
	struct sk_buff *skb = duet_skb(d, seg);
	enum ip_conntrack_info info;
	struct nf_conn *ct;

	local_bh_disable();
	rcu_read_lock();
	nf_conntrack_in(skb, &state);
	ct = nf_ct_get(skb, &info);
	if (ct && !d->ct) {
		nf_conntrack_confirm(skb);
		nf_conntrack_get(&ct->ct_general);
		d->ct = ct;
	}
	d->anew |= ct && ct != d->ct;
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
}

/* What conntrack's state is in ksteer's words */
static u32 duet_conntrack(const struct duet *d)
{
	switch (READ_ONCE(d->ct->proto.tcp.state)) {
	case TCP_CONNTRACK_ESTABLISHED:
		return KSTEER_STATE_ESTABLISHED;
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
	case TCP_CONNTRACK_LAST_ACK:
		return KSTEER_STATE_CLOSING;
	case TCP_CONNTRACK_TIME_WAIT:
	case TCP_CONNTRACK_CLOSE:
		return KSTEER_STATE_CLOSED;
	default:
		return KSTEER_STATE_OPEN;
	}
}

static u32 duet_ksteer(const struct duet *d)
{
	return d->tcp.track & KSTEER_TRACK_STATE;
}

/* --- both ------------------------------------------------------------------ */

static void duet_pass(struct duet *d, const struct ksteer_segment *seg)
{
	if (d->ct)
		d->verdict = ksteer_tcp_step(&d->tcp, seg);
	else
		ksteer_tcp_begin(&d->tcp, seg);
	duet_track(d, seg);
}

/* A segment with nothing in it, as @dir would send it now */
static struct ksteer_segment duet_segment(const struct duet *d, u8 dir)
{
	return (struct ksteer_segment){
		.seq = d->side[dir].next,
		.ack = d->side[dir].got,
		.flags = ACK,
		.window = 60000 >> d->side[dir].scale,
		.dir = dir,
		.credible = true,
	};
}

/* @options: scaled windows are offered by 1: the opener, 2: the other, 3: both */
static void duet_begin(struct duet *d)
{
	u32 offers = below(d, 4);
	struct ksteer_segment seg;
	u8 dir;

	for (dir = 0; dir < 2; dir++) {
		d->side[dir] = (struct side){
			.next = prandom_u32_state(d->rnd),
			.left = below(d, 3) ? below(d, 60000) : 0,
			.scale = offers == 3 ? below(d, 15) : 0,
		};
		d->side[dir].acked = d->side[dir].next + 1;
	}
	d->side[0].got = d->side[1].next + 1;
	d->side[1].got = d->side[0].next + 1;
	d->tcp = (struct ksteer_tcp){ .track = KSTEER_TRACK_SYN };
	for (dir = 0; dir < 2; dir++) {
		seg = duet_segment(d, dir);
		seg.flags = dir ? SYN | ACK : SYN;
		seg.ack = dir ? seg.ack : 0;
		seg.len = 1;
		seg.window = 60000;
		seg.scale = offers >> dir & 1 ? d->side[dir].scale + 1 : 0;
		duet_pass(d, &seg);
		d->side[dir].next++;
		KUNIT_ASSERT_NOT_NULL(d->test, d->ct);
	}
	seg = duet_segment(d, 0);
	duet_pass(d, &seg);
}

static void duet_end(struct duet *d)
{
	if (!d->ct)
		return;
	nf_ct_delete(d->ct, 0, 0);
	nf_ct_put(d->ct);
	d->ct = NULL;
}

/* What a host sends now: again what is not acknowledged, or data, or its FIN */
static struct ksteer_segment duet_next(struct duet *d, u8 dir)
{
	struct ksteer_segment seg = duet_segment(d, dir);
	struct side *me = &d->side[dir];

	if (me->next != me->acked && !below(d, 3)) {
		seg.seq = me->acked;
		seg.len = min_t(u32, me->next - me->acked, MSS);
		if (me->closed && seg.seq + seg.len == me->next)
			seg.flags |= FIN;
	} else if (me->left && me->next - me->acked < 30000) {
		seg.len = min_t(u32, me->left, 1 + below(d, MSS));
		me->left -= seg.len;
		me->next += seg.len;
	} else if (!me->left && !me->closed) {
		seg.flags |= FIN;
		seg.len = 1;
		me->next++;
		me->closed = true;
	}
	return seg;
}

static void duet_arrive(struct duet *d, const struct ksteer_segment *seg)
{
	struct side *you = &d->side[!seg->dir];

	if (!ksteer_seq_after(seg->seq, you->got) &&
	    ksteer_seq_after(seg->seq + seg->len, you->got))
		you->got = seg->seq + seg->len;
	if (ksteer_seq_after(seg->ack, you->acked))
		you->acked = seg->ack;
}

/* One host speaks; one segment in eight is lost behind the distributor */
static void duet_speak(struct duet *d, u8 dir)
{
	struct ksteer_segment seg = duet_next(d, dir);

	duet_pass(d, &seg);
	if (below(d, 8))
		duet_arrive(d, &seg);
}

static bool duet_is_over(const struct duet *d)
{
	return d->side[0].closed && d->side[1].closed &&
	       d->side[0].got == d->side[1].next &&
	       d->side[1].got == d->side[0].next;
}

/* --- hosts alone ----------------------------------------------------------- */

static void duets(struct kunit *test, void (*play)(struct duet *, void *),
		  void *data)
{
	struct rnd_state rnd;
	struct duet d = { .test = test, .rnd = &rnd };
	u32 i;

	prandom_seed_state(&rnd, 20261129);
	for (i = 0; i < DUETS; i++) {
		d.sport = 1024 + i;
		d.anew = false;
		duet_begin(&d);
		play(&d, data);
		duet_end(&d);
		cond_resched();
	}
}

static void duet_close(struct duet *d, void *data)
{
	u8 last = below(d, 2);
	struct ksteer_segment seg;

	KUNIT_EXPECT_EQ(d->test, duet_ksteer(d), KSTEER_STATE_ESTABLISHED);
	while (!duet_is_over(d)) {
		duet_speak(d, below(d, 2));
		KUNIT_EXPECT_EQ(d->test, d->verdict, KSTEER_TCP_VALID);
		KUNIT_EXPECT_LE(d->test, duet_ksteer(d), duet_conntrack(d));
	}
	/* The last acknowledgments */
	seg = duet_segment(d, last);
	duet_pass(d, &seg);
	seg = duet_segment(d, !last);
	duet_pass(d, &seg);
	KUNIT_EXPECT_EQ(d->test, duet_ksteer(d), KSTEER_STATE_CLOSED);
	KUNIT_EXPECT_EQ(d->test, duet_conntrack(d), KSTEER_STATE_CLOSED);
}

/* Connections that end as they should */
static void conntrack_close(struct kunit *test)
{
	duets(test, duet_close, NULL);
}

/*
 * A host gives up where it has come to.  Conntrack waits for what is challenged
 * if that is not where the other had acknowledged last; RFC 5961 has the host
 * decide, and a flow that goes on after all lives again.
 */
static void duet_reset(struct duet *d, void *data)
{
	u32 speak = below(d, 12), *early = data;
	struct ksteer_segment seg;
	u8 dir = below(d, 2);

	while (speak-- && !duet_is_over(d))
		duet_speak(d, below(d, 2));
	if (d->side[0].closed || d->side[1].closed)
		return;
	seg = duet_segment(d, dir);
	seg.flags |= RST;
	duet_pass(d, &seg);
	KUNIT_EXPECT_EQ(d->test, duet_ksteer(d), KSTEER_STATE_CLOSED);
	if (duet_conntrack(d) == KSTEER_STATE_CLOSED)
		return;
	++*early;
	/* The challenge, and its answer */
	seg = duet_segment(d, !dir);
	duet_pass(d, &seg);
	seg = duet_segment(d, dir);
	seg.flags = RST;
	seg.seq = d->side[!dir].got;
	duet_pass(d, &seg);
	KUNIT_EXPECT_EQ(d->test, duet_ksteer(d), KSTEER_STATE_CLOSED);
	KUNIT_EXPECT_EQ(d->test, duet_conntrack(d), KSTEER_STATE_CLOSED);
}

/* Connections that one side resets */
static void conntrack_reset(struct kunit *test)
{
	u32 early = 0;

	duets(test, duet_reset, &early);
	KUNIT_EXPECT_GT(test, early, 0);
}

/* --- a stranger in between ------------------------------------------------- */

/**
 * struct excess - where ksteer believed more than conntrack
 * @host: what a host sent, of a connection in which conntrack was misled before
 * @rst: a RST where its side has come to, which conntrack has challenged
 * @fin: a FIN in window, of which conntrack does not like the acknowledgment
 * @anew: a SYN on a connection that both sides have closed
 * @less: where it was the other way round
 * @same: segments of a stranger that both saw alike
 */
struct excess {
	u32 host;
	u32 rst;
	u32 fin;
	u32 anew;
	u32 less;
	u32 same;
};

/* A number that often is one that matters, or beside it */
static u32 duet_telling(struct duet *d)
{
	static const s32 beside[] = { 0,   0,	  1,	  -1,	 1400,
				      600, 30000, -30000, 65536, -65537 };
	const u32 from[] = { d->tcp.end[0], d->tcp.end[1], d->tcp.ack[0],
			     d->tcp.ack[1], prandom_u32_state(d->rnd) };

	return from[below(d, ARRAY_SIZE(from))] +
	       beside[below(d, ARRAY_SIZE(beside))];
}

static struct ksteer_segment duet_stranger(struct duet *d)
{
	static const u8 flags[] = { ACK,       ACK | FIN, RST,
				    RST | ACK, SYN,	  SYN | ACK };
	struct ksteer_segment seg = {
		.seq = duet_telling(d),
		.flags = flags[below(d, ARRAY_SIZE(flags))],
		.window = prandom_u32_state(d->rnd) >> below(d, 17),
		.dir = below(d, 2),
		.credible = true,
	};

	if (seg.flags & ACK)
		seg.ack = duet_telling(d);
	seg.len = (below(d, 2) ? 0 : below(d, MSS)) + !!(seg.flags & FIN);
	if (seg.flags & SYN)
		seg.len = 1;
	return seg;
}

/* Is a RST where its side has come to, or where the other has acknowledged? */
static bool duet_rst_is_exact(const struct ksteer_tcp *was,
			      const struct ksteer_segment *seg)
{
	return seg->seq == was->end[seg->dir] ||
	       seg->seq == was->ack[!seg->dir];
}

/* Is a FIN in the window that the other side has offered? */
static bool duet_fin_is_inside(const struct ksteer_tcp *was,
			       const struct ksteer_segment *seg)
{
	u32 other = !seg->dir, from = was->ack[other];
	s64 window = (s64)(was->win[other] ?: 1)
		     << (was->track >> (16 + 4 * other) & 0xf);

	return (s32)(seg->seq + seg->len - from) >= 0 &&
	       (s32)(seg->seq - from) <= window;
}

/* Both sides have closed, and its number is a new one */
static bool duet_syn_is_new(const struct ksteer_tcp *was,
			    const struct ksteer_segment *seg)
{
	const u32 both = KSTEER_TRACK_FIN(0) | KSTEER_TRACK_FIN(1);

	return (was->track & KSTEER_TRACK_STATE) == KSTEER_STATE_CLOSED ||
	       ((was->track & both) == both &&
		(s32)(seg->seq - was->end[0]) > 0);
}

/*
 * Does ksteer believe more than conntrack now?  Only as said above.  Return:
 * whether the two have parted, so that nothing more is to be compared.
 */
static bool duet_judge(struct duet *d, const struct ksteer_tcp *was,
		       const struct ksteer_segment *seg, struct excess *excess)
{
	u32 mine = duet_ksteer(d), theirs = duet_conntrack(d);
	bool right = false;

	if (d->verdict == KSTEER_TCP_ANEW) {
		excess->anew += !d->anew;
		KUNIT_EXPECT_TRUE(d->test, duet_syn_is_new(was, seg));
		return true;
	}
	if (mine <= theirs) {
		excess->less += mine < theirs;
		excess->same += mine == theirs;
		return mine < theirs || d->anew;
	}
	if (seg->flags & RST) {
		excess->rst++;
		right = duet_rst_is_exact(was, seg);
	} else if (seg->flags & FIN) {
		excess->fin++;
		right = duet_fin_is_inside(was, seg);
	}
	KUNIT_EXPECT_TRUE_MSG(d->test, right, "flags %x of %u: %u, not %u",
			      seg->flags, seg->dir, mine, theirs);
	return true;
}

static void duet_disturb(struct duet *d, void *data)
{
	struct excess *excess = data;
	struct ksteer_segment seg;
	struct ksteer_tcp was;

	while (!duet_is_over(d)) {
		if (below(d, 2)) {
			duet_speak(d, below(d, 2));
			if (duet_ksteer(d) > duet_conntrack(d)) {
				excess->host++;
				return;
			}
			continue;
		}
		seg = duet_stranger(d);
		was = d->tcp;
		duet_pass(d, &seg);
		if (duet_judge(d, &was, &seg, excess))
			return;
	}
}

static void conntrack_disturb(struct kunit *test)
{
	struct excess excess = {};

	duets(test, duet_disturb, &excess);
	kunit_info(test,
		   "same %u, less %u; more: host %u, rst %u, fin %u, anew %u",
		   excess.same, excess.less, excess.host, excess.rst,
		   excess.fin, excess.anew);
	KUNIT_EXPECT_GT(test, excess.same, 1000);
	KUNIT_EXPECT_GT(test, excess.less, 100);
	KUNIT_EXPECT_GT(test, excess.rst, 0);
	KUNIT_EXPECT_GT(test, excess.fin, 0);
	KUNIT_EXPECT_GT(test, excess.anew, 0);
}

static struct kunit_case conntrack_cases[] = {
	KUNIT_CASE_SLOW(conntrack_close),
	KUNIT_CASE_SLOW(conntrack_reset),
	KUNIT_CASE_SLOW(conntrack_disturb),
	{},
};

static struct kunit_suite conntrack_suite = {
	.name = "ksteer_conntrack",
	.test_cases = conntrack_cases,
};

kunit_test_suite(conntrack_suite);
