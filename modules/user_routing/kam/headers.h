/*
 * Headers of a message taken out and added, as lumps: tm drops those of a branch after
 * it is built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HEADERS_H
#define UR_KAM_HEADERS_H

#include "core/parser/msg_parser.h"
#include "policy/text.h"

/* Is it a header of that name? The full name: none of those asked for has a compact
 * form. */
bool ur_header_is(const struct hdr_field *header, struct ur_text name);

/* 0, or -1 when memory is out. */
int ur_header_remove(struct sip_msg *msg, const struct hdr_field *header);

/* Adds header lines (copied; nothing when it is empty) before a header, or behind all of
 * them when that is NULL. 0, or -1 when memory is out. */
int ur_header_add(struct sip_msg *msg, const struct hdr_field *before,
		struct ur_text lines);

/*
 * Takes out of a request in a dialog what its sender must not say: credentials, which are for this
 * server alone, and, but from a trunk, who calls, who diverted and who pays. Of a response the
 * latter. 0, or -1 when memory is out.
 */
int ur_headers_clean_request(struct sip_msg *msg, bool from_trunk);
int ur_headers_clean_response(struct sip_msg *msg, bool from_trunk);

#endif
