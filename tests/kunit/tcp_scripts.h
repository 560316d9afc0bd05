/* SPDX-License-Identifier: GPL-2.0-only */
/* Scripts of TCP segments and the state that each must lead to. */
#ifndef _KSTEER_TEST_TCP_SCRIPTS_H
#define _KSTEER_TEST_TCP_SCRIPTS_H

#include "key/packet.h"
#include "store/flow.h"

#define SYN KSTEER_TCP_SYN
#define ACK KSTEER_TCP_ACK
#define FIN KSTEER_TCP_FIN
#define RST KSTEER_TCP_RST
#define SA (SYN | ACK)
#define FA (FIN | ACK)

#define O KSTEER_FLOW_STATE_OPEN
#define E KSTEER_FLOW_STATE_ESTABLISHED
#define G KSTEER_FLOW_STATE_CLOSING
#define C KSTEER_FLOW_STATE_CLOSED

/* What a segment may lead to beside a state */
#define BADFIN 1
#define BADRST 2
#define ANEW 4 /* must be selected again */
#define LEAVING 8 /* given: its traffic manager takes no new flows */
#define SILENT 16 /* given: none has come for long */
#define SCALE(n) ((n) << 8) /* given: a window scale option, plus one */

/**
 * struct segment - one segment and what it must lead to
 * @dir: 0 from the opener, 1 from the other side
 * @flags: TCP flags; without any, the script has ended
 * @seq: from its sender's initial sequence number
 * @ack: from the other's
 * @len: payload
 * @state: state of the flow afterwards
 * @more: BADFIN ... SCALE()
 */
struct segment {
	u8 dir;
	u8 flags;
	u32 seq;
	u32 ack;
	u32 len;
	u8 state;
	u32 more;
};

/**
 * struct script - a connection
 * @name: what it shows
 * @window: of all its segments
 * @shaken: a handshake comes first
 * @seg: the segments
 */
struct script {
	const char *name;
	u16 window;
	bool shaken;
	struct segment seg[12];
};

extern const struct script tcp_scripts[];
extern const u32 tcp_scripts_count;

#endif /* _KSTEER_TEST_TCP_SCRIPTS_H */
