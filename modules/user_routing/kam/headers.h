/*
 * Removes and adds headers of a message, as lumps. tm drops the lumps of a branch after it is
 * built.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_HEADERS_H
#define UR_KAM_HEADERS_H

#include "core/parser/msg_parser.h"
#include "policy/headers.h"
#include "policy/text.h"

/* Does the header have this name? It must be the full name: the names asked for have no compact
 * form. */
bool ur_header_is(const struct hdr_field *header, struct ur_text name);

/* Has the script, or this module, removed it? Removed headers stay in the message's list until it is
 * sent. */
bool ur_header_is_removed(
		const struct sip_msg *msg, const struct hdr_field *header);

/* 0, or -1: out of memory. */
int ur_header_remove(struct sip_msg *msg, const struct hdr_field *header);

/*
 * Removes all headers of these classes (a set of enum ur_header_class) from a request or reply in
 * one pass. Headers already removed, for example by the script, are skipped. 0, or -1: out of
 * memory, or the headers can't all be parsed.
 */
int ur_headers_clean(struct sip_msg *msg, unsigned classes);

/* Inserts a text (copied, not empty) at a place in the message's headers. 0, or -1: out of
 * memory. */
int ur_header_insert(
		struct sip_msg *msg, const char *place, struct ur_text text);

/* Adds header lines (copied; no effect if empty) before a header, or after all headers if that is
 * NULL. 0, or -1: out of memory. */
int ur_header_add(struct sip_msg *msg, const struct hdr_field *before,
		struct ur_text lines);

/* Removes the credentials, which are for this server alone. 0, or -1: out of memory. */
int ur_headers_remove_credentials(struct sip_msg *msg);

#endif
