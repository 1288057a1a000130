/*
 * URIs that are a number: tel:, and the emergency number that urn:service:sos stands for.
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
 * Reads the number of a URI that the core has parsed. 1: it is a tel: URI, and *tel is its number;
 * 0: it is not; -1: it is one whose number can't be parsed.
 */
int ur_tel_uri_read(
		const str *uri, const struct sip_uri *parsed, struct ur_tel *tel);

/* The same for the Request-URI, which has been parsed; the emergency URN is a number, too, if there are
 * emergency numbers. */
int ur_tel_uri_read_request(const struct sip_msg *msg, struct ur_tel *tel);

/*
 * Changes the Request-URI to sip:NUMBER@DOMAIN; without a domain it stays as it is. 0, and the message's
 * URI is parsed; or -1: memory is out.
 */
int ur_tel_uri_rewrite(
		struct sip_msg *msg, struct ur_text number, struct ur_text domain);

/*
 * Changes a Request-URI that is a number to sip:NUMBER@DOMAIN, for all later steps. The domain is
 * that of its phone-context, else the authenticated caller's, else tel.invalid: a trunk's number
 * is in no domain of ours. urn:service:sos stays as it is if there are no emergency numbers. Returns
 * 0, and the message's URI is parsed; or -1: the number can't be parsed, or memory is out.
 */
int ur_tel_uri_to_sip(struct sip_msg *msg, struct ur_table *table);

#endif
