/*
 * Where a route target's URI may lead: not to this server, to gateways, trunks, the media
 * server, nor to a host that the operator has not listed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HOSTS_H
#define UR_KAM_HOSTS_H

#include "mirror/store/table.h"
#include "policy/chain.h"

/* In mod_init: after permissions and dispatcher were loaded. Returns 0 or -1, logged. */
int ur_hosts_init(void);

/*
 * May a call go to arrival->uri? names_host: the target's row says where it leads, not the
 * kind's template alone. Where a name was looked up, next_hop becomes its address.
 */
enum ur_refusal ur_hosts_check(
		struct ur_table *table, bool names_host, struct ur_arrival *arrival);

#endif
