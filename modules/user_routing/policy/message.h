/*
 * What is wrong with a message before anybody reads its headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_MESSAGE_H
#define UR_POLICY_MESSAGE_H

#include "policy/text.h"

enum ur_message_fault
{
	UR_MESSAGE_OK,
	UR_MESSAGE_TOO_LARGE,
	UR_MESSAGE_TOO_MANY_LINES,
	UR_MESSAGE_CONTROL, /* NUL, ESC and so on */
	UR_MESSAGE_LINE_END,
	UR_MESSAGE_NO_END,	/* no empty line behind the headers */
	UR_MESSAGE_CALL_ID, /* a line end in Call-ID: found by the caller */
	UR_MESSAGE_TAG, /* no tag in To, by ur_message_is_tag(): found by the caller */
};

struct ur_message_limits
{
	int bytes; /* of the whole message */
	int lines; /* of its head: a folded header has several */
};

/*
 * Checks a message, from its first byte to its last, in one pass over its head.
 *
 * All receivers must find the same headers (RFC 3261 §7.3.1, §25.1). Some end a line at CR
 * or LF alone, others at CRLF only. Behind a CR without LF, or behind an empty line that
 * is not CRLF CRLF, a phone may find headers that we have not removed. A LF alone between
 * two headers is accepted: Kamailio ends the line there, and whoever does not reads the
 * next header as a part of this one.
 *
 * No control character but TAB, CR and LF may be in the head. Functions that stop at NUL
 * read less than the parser does, and the others end or overwrite lines of the log. The
 * body may have any byte.
 */
enum ur_message_fault ur_message_check(
		struct ur_text message, const struct ur_message_limits *limits);

/* Is there a control character in this text? TAB, CR and LF are some. */
bool ur_message_has_control(struct ur_text text);

/*
 * Can it be written as a tag without quotes? Kamailio takes them off, and what stands in them may end
 * the parameter or the address; = without quotes it can't read. Phones use more than a token's
 * characters (RFC 3261 §25.1), such as @ : and /. Without bytes it is one.
 */
bool ur_message_is_tag(struct ur_text tag);

/* The SIP status to answer a request with, and why, in a few words; 0 and "" for OK. */
int ur_message_status(enum ur_message_fault fault);
const char *ur_message_why(enum ur_message_fault fault);

#endif
