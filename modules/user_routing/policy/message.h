/*
 * Checks the form of a message before its headers are used.
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
	UR_MESSAGE_NO_END,	/* no empty line after the headers */
	UR_MESSAGE_CALL_ID, /* a line end in Call-ID: found by kam/ */
	UR_MESSAGE_TAG, /* the To tag fails ur_message_is_tag(): found by kam/ */
};

struct ur_message_limits
{
	int bytes; /* of the whole message */
	int lines; /* of its head: a folded header has several */
};

/*
 * Checks a message, from its first byte to its last, in one pass over its head.
 *
 * All receivers must find the same headers (RFC 3261 §7.3.1, §25.1). Some end a line at CR or LF
 * alone, others at CRLF only. After a CR without LF, or after an empty line that is not CRLF CRLF,
 * a phone may find headers that we have not removed. A LF alone between two headers is accepted:
 * Kamailio ends the line there, and a receiver that does not reads the next header as a part of
 * this one.
 *
 * The head may have no control character except TAB, CR and LF. Functions that stop at NUL read
 * less than the parser does, and the other characters end or overwrite lines of the log. The body
 * may have any byte.
 */
enum ur_message_fault ur_message_check(
		struct ur_text message, const struct ur_message_limits *limits);

/* Does the text have a control character? TAB, CR and LF count. */
bool ur_message_has_control(struct ur_text text);

/*
 * Can it be written as a tag without quotes? Kamailio removes the quotes: what was in them may then
 * end the parameter or the address, and = without quotes it can't parse. Phones use more characters
 * than a token may have (RFC 3261 §25.1), such as @ : and /. An empty tag is accepted.
 */
bool ur_message_is_tag(struct ur_text tag);

/* The SIP status to reject a request with, and the reason in a few words; 0 and "" for OK. */
int ur_message_status(enum ur_message_fault fault);
const char *ur_message_why(enum ur_message_fault fault);

#endif
