/*
 * Checks where a route target's URI may lead: not to this server, a gateway, a trunk or the media
 * server, nor to a host that the operator has not listed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HOSTS_H
#define UR_KAM_HOSTS_H

#include "mirror/store/table.h"
#include "policy/chain.h"

/* In mod_init, after permissions and dispatcher are loaded. Returns 0, or -1 and logs an error. */
int ur_hosts_init(void);

/*
 * May a call go to arrival->uri? names_host: the host comes from the target's row, not only from
 * the kind's template. If the host's name was resolved, next_hop is set to its address.
 */
enum ur_refusal ur_hosts_check(
		struct ur_table *table, bool names_host, struct ur_arrival *arrival);

#endif
