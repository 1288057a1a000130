/*
 * The class of a header, by its name.
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
	/* What a call needs: routing, dialog, session. With UR_HEADER_PRIVACY the only class that a
	 * phone's call takes to a gateway. */
	UR_HEADER_CALL = 1 << 0,
	/* The caller's identity: P-Asserted-Identity, Remote-Party-ID, Identity and the like. */
	UR_HEADER_IDENTITY = 1 << 1,
	/* Diversion, History-Info. */
	UR_HEADER_DIVERSION = 1 << 2,
	/* Charging, and what one network tells another: P-Charge-Info and the like. */
	UR_HEADER_CHARGING = 1 << 3,
	/* Can make a phone pick up by itself, or tell about a call that it has: Call-Info, Alert-Info,
	 * Answer-Mode, Target-Dialog and the like. */
	UR_HEADER_ANSWER = 1 << 4,
	/* Makes a phone hand over a call that it has: Replaces, Join. */
	UR_HEADER_REPLACES = 1 << 7,
	/* Needed for a transfer in a dialog: Refer-To, and Event and Subscription-State of the NOTIFYs
	 * that follow. */
	UR_HEADER_TRANSFER = 1 << 6,
	/* Privacy: the caller does not want to be shown (RFC 3323). */
	UR_HEADER_PRIVACY = 1 << 8,
	/* P-Served-User: for whom a media server calls. For this server alone. */
	UR_HEADER_SERVED = 1 << 9,
	/* Geolocation and Geolocation-Routing (RFC 6442): where the caller is. */
	UR_HEADER_LOCATION = 1 << 10,
	/* All others, known or not. */
	UR_HEADER_OTHER = 1 << 5,
};

/* What only a trunk may send. */
#define UR_HEADERS_OF_TRUNKS                                       \
	(UR_HEADER_IDENTITY | UR_HEADER_DIVERSION | UR_HEADER_CHARGING \
			| UR_HEADER_SERVED)
/* What is removed from a phone's call to a gateway. */
#define UR_HEADERS_NOT_TO_GATEWAY \
	(~(unsigned)(UR_HEADER_CALL | UR_HEADER_PRIVACY))
/* The same of an emergency call. */
#define UR_HEADERS_NOT_TO_HELP \
	(~(unsigned)(UR_HEADER_CALL | UR_HEADER_LOCATION))

/*
 * The class of a header of that name, in any case, also in its compact form, with or without blanks
 * after it.
 */
enum ur_header_class ur_headers_class(struct ur_text name);

/*
 * Does a header of that name, in a response, tell the caller's phone what to change? RFC 3261 §20
 * and 21.4 (Accept and kin, Allow, Require, Supported, Unsupported, Warning), RFC 3329
 * (Security-Server), 4028 (Min-SE), 6665 (Allow-Events).
 */
bool ur_header_negotiates(struct ur_text name);

#endif
