/*
 * Headers of a message taken out and added, as lumps: tm drops those of a branch after
 * it is built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HEADERS_H
#define UR_KAM_HEADERS_H

#include "core/parser/msg_parser.h"
#include "policy/headers.h"
#include "policy/text.h"

/* Is it a header of that name? The full name: none of those asked for has a compact
 * form. */
bool ur_header_is(const struct hdr_field *header, struct ur_text name);

/* 0, or -1 when memory is out. */
int ur_header_remove(struct sip_msg *msg, const struct hdr_field *header);

/*
 * Removes all headers of these classes (a set of enum ur_header_class), of a request or of a
 * reply, in one pass. What is removed already, by the script for one, is passed over. 0, or
 * -1 when memory is out or the headers can't be parsed up to their end.
 */
int ur_headers_clean(struct sip_msg *msg, unsigned classes);

/* Inserts a text (copied, not empty) at a place in the message's headers. 0, or -1 when memory is
 * out. */
int ur_header_insert(
		struct sip_msg *msg, const char *place, struct ur_text text);

/* Adds header lines (copied; nothing when it is empty) before a header, or behind all of
 * them when that is NULL. 0, or -1 when memory is out. */
int ur_header_add(struct sip_msg *msg, const struct hdr_field *before,
		struct ur_text lines);

/* Credentials are for this server alone. 0, or -1 when memory is out. */
int ur_headers_remove_credentials(struct sip_msg *msg);

#endif
