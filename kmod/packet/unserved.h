/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes to an address that is served, but that no server takes. */
#ifndef _KSTEER_UNSERVED_H
#define _KSTEER_UNSERVED_H

#include "key/packet.h"

unsigned int ksteer_unserved(struct ksteer_packet *pkt);

#endif /* _KSTEER_UNSERVED_H */
