/*
 * tel: URIs in the Request-URI: a number that is dialled.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_TEL_URI_H
#define UR_KAM_TEL_URI_H

#include "core/parser/msg_parser.h"
#include "mirror/store/table.h"
#include "policy/tel.h"

/* Is it a tel: URI? */
bool ur_tel_uri_is(const str *uri);

/*
 * Reads the number of a URI that the core has parsed. 1: it is a tel: URI, and *tel its number; 0: it is
 * none; -1: it is one without a number that can be read.
 */
int ur_tel_uri_read(
		const str *uri, const struct sip_uri *parsed, struct ur_tel *tel);

/*
 * A tel: URI in the Request-URI becomes sip:NUMBER@DOMAIN, for all that comes after: the domain of its
 * phone-context, else that of who has authenticated. A number without either stays as it is: it is in no domain
 * of ours. Returns 0, or -1: there is no number that can be read, or memory is out. The message's URI is
 * parsed after a 0.
 */
int ur_tel_uri_to_sip(struct sip_msg *msg, struct ur_table *table);

#endif
