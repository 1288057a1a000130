/*
 * Keeps Record-Route of a response as it was in the INVITE. If a called phone could change or omit
 * it, the caller would send its requests past this server.
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
 * Compares the response's Record-Route with that of the INVITE.
 *
 * sent: the INVITE as sent on the branch, with the entries of this server on top. In the response,
 * proxies after this server may have added theirs above. Returns true if it is unchanged. Returns
 * false if it was changed: it is now restored, unless memory is out, which is logged. The
 * response's headers are parsed. *value is set to the value of our parameter in the top
 * Record-Route, borrowed from sent; empty: there is none.
 */
bool ur_record_route_keep(const struct retr_buf *sent, struct sip_msg *response,
		struct ur_text name, struct ur_text *value);

/* The value of our parameter in the top Record-Route of the INVITE as sent; empty: there is none. */
struct ur_text ur_record_route_param(
		const struct retr_buf *sent, struct ur_text name);

#endif
