/*
 * Record-Route of a response, as the INVITE had it: a called phone that changes it, or leaves it out,
 * would have the caller send its requests past this server.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_RECORD_ROUTE_H
#define UR_KAM_RECORD_ROUTE_H

#include <stdbool.h>

#include "core/parser/msg_parser.h"
#include "modules/tm/h_table.h"
#include "policy/text.h"

/*
 * Sets *value to that of a parameter of ours in the Record-Route on top, borrowed from sent; empty: there is none.
 * sent: the INVITE as it went out on the branch, with what this server recorded on top. Proxies behind
 * this one may have put theirs above it. True: it is so. False: it was not, and
 * the response now has it as it was sent (or not, and the log says that memory is out). Its headers
 * are parsed.
 */
bool ur_record_route_keep(const struct retr_buf *sent, struct sip_msg *response,
		struct ur_text name, struct ur_text *value);

#endif
