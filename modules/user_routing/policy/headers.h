/*
 * What a header is about, by its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_HEADERS_H
#define UR_POLICY_HEADERS_H

#include <stdbool.h>

#include "policy/text.h"

/* One bit each; a header has exactly one class. */
enum ur_header_class
{
	/* What a call needs: routing, the dialog, the session. The only ones that a phone's call
	 * takes to a gateway. */
	UR_HEADER_CALL = 1 << 0,
	/* Who calls: P-Asserted-Identity, Remote-Party-ID, Identity and the like. */
	UR_HEADER_IDENTITY = 1 << 1,
	/* Who diverted the call: Diversion, History-Info. */
	UR_HEADER_DIVERSION = 1 << 2,
	/* Who pays, and what a network tells another one: P-Charge-Info and the like. */
	UR_HEADER_CHARGING = 1 << 3,
	/* A phone may pick up by itself, or tell of a call that it has: Call-Info, Alert-Info,
	 * Answer-Mode, Target-Dialog and the like. */
	UR_HEADER_ANSWER = 1 << 4,
	/* A phone hands over a call that it has: Replaces, Join. */
	UR_HEADER_REPLACES = 1 << 7,
	/* What a transfer takes in a dialog: Refer-To, and Event and Subscription-State of the NOTIFYs
	 * behind it. */
	UR_HEADER_TRANSFER = 1 << 6,
	/* All others, those that nobody knows too. */
	UR_HEADER_OTHER = 1 << 5,
};

/* What only a trunk may say. */
#define UR_HEADERS_OF_TRUNKS \
	(UR_HEADER_IDENTITY | UR_HEADER_DIVERSION | UR_HEADER_CHARGING)
/* What a phone's call does not take to a gateway. */
#define UR_HEADERS_NOT_TO_GATEWAY (~(unsigned)UR_HEADER_CALL)

/*
 * The class of a header of that name: in capitals or not, in its compact form too, with or
 * without blanks behind it.
 */
enum ur_header_class ur_headers_class(struct ur_text name);

/*
 * Does a header of that name say, in a response, what the caller's phone has to do otherwise?
 * RFC 3261 §20 and 21.4 (Accept and kin, Allow, Require, Supported, Unsupported, Warning), RFC 3329
 * (Security-Server), 4028 (Min-SE), 6665 (Allow-Events).
 */
bool ur_header_negotiates(struct ur_text name);

#endif
