/*
 * The class of a header, by its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/headers.h"

#include <stdlib.h>
#include <strings.h>

struct known
{
	struct ur_text name;
	enum ur_header_class class;
};

/* Sorted for bsearch(): by length, then by the letters in lower case. Compact forms are names like
 * the others. */
/* clang-format off */
static const struct known headers[] = {
	{UR_TEXT_INIT("c"), UR_HEADER_CALL},
	{UR_TEXT_INIT("e"), UR_HEADER_CALL},
	{UR_TEXT_INIT("f"), UR_HEADER_CALL},
	{UR_TEXT_INIT("i"), UR_HEADER_CALL},
	{UR_TEXT_INIT("k"), UR_HEADER_CALL},
	{UR_TEXT_INIT("l"), UR_HEADER_CALL},
	{UR_TEXT_INIT("m"), UR_HEADER_CALL},
	{UR_TEXT_INIT("n"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("o"), UR_HEADER_TRANSFER},
	{UR_TEXT_INIT("r"), UR_HEADER_TRANSFER},
	{UR_TEXT_INIT("t"), UR_HEADER_CALL},
	{UR_TEXT_INIT("u"), UR_HEADER_CALL},
	{UR_TEXT_INIT("v"), UR_HEADER_CALL},
	{UR_TEXT_INIT("x"), UR_HEADER_CALL},
	{UR_TEXT_INIT("y"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("To"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Via"), UR_HEADER_CALL},
	{UR_TEXT_INIT("CSeq"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Date"), UR_HEADER_CALL},
	{UR_TEXT_INIT("From"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Join"), UR_HEADER_REPLACES},
	{UR_TEXT_INIT("RAck"), UR_HEADER_CALL},
	{UR_TEXT_INIT("RSeq"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Allow"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Event"), UR_HEADER_TRANSFER},
	{UR_TEXT_INIT("Route"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Accept"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Charge"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Min-SE"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Reason"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Call-ID"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Contact"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Expires"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Privacy"), UR_HEADER_PRIVACY},
	{UR_TEXT_INIT("Require"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Identity"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("Intercom"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Refer-To"), UR_HEADER_TRANSFER},
	{UR_TEXT_INIT("Replaces"), UR_HEADER_REPLACES},
	{UR_TEXT_INIT("Call-Info"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Diversion"), UR_HEADER_DIVERSION},
	{UR_TEXT_INIT("P-Verstat"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Recv-Info"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Supported"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Timestamp"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Alert-Info"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Content-ID"), UR_HEADER_CALL},
	{UR_TEXT_INIT("P-DCS-LAES"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-DCS-OSPS"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Session-ID"), UR_HEADER_CALL},
	{UR_TEXT_INIT("User-Agent"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Answer-Mode"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Auto-Answer"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("CC-Redirect"), UR_HEADER_DIVERSION},
	{UR_TEXT_INIT("Geolocation"), UR_HEADER_LOCATION},
	{UR_TEXT_INIT("P-Rate-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Allow-Events"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Answer-After"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("CC-Diversion"), UR_HEADER_DIVERSION},
	{UR_TEXT_INIT("Content-Type"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Feature-Caps"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("History-Info"), UR_HEADER_DIVERSION},
	{UR_TEXT_INIT("Info-Package"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Max-Forwards"), UR_HEADER_CALL},
	{UR_TEXT_INIT("MIME-Version"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Record-Route"), UR_HEADER_CALL},
	{UR_TEXT_INIT("RPID-Privacy"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("X-AutoAnswer"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Identity-Info"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-Auto-Answer"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("P-Charge-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Early-Media"), UR_HEADER_CALL},
	{UR_TEXT_INIT("P-Profile-Key"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Served-User"), UR_HEADER_SERVED},
	{UR_TEXT_INIT("Target-Dialog"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("X-Auto-Answer"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Content-Length"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Origination-Id"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Billing-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-DCS-Redirect"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Priority-Share"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Relayed-Charge"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Accept-Encoding"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Accept-Language"), UR_HEADER_CALL},
	{UR_TEXT_INIT("P-Alerting-Mode"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("P-User-Database"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Remote-Party-ID"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("Session-Expires"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Attestation-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Content-Encoding"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Content-Language"), UR_HEADER_CALL},
	{UR_TEXT_INIT("P-Associated-URI"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-Origination-Id"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Priv-Answer-Mode"), UR_HEADER_ANSWER},
	{UR_TEXT_INIT("Restoration-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Called-Party-ID"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-Charging-Vector"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Identity-Bypass"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Resource-Priority"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Asserted-Service"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-DCS-Billing-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Subscription-State"), UR_HEADER_TRANSFER},
	{UR_TEXT_INIT("Additional-Identity"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("Content-Disposition"), UR_HEADER_CALL},
	{UR_TEXT_INIT("Geolocation-Routing"), UR_HEADER_LOCATION},
	{UR_TEXT_INIT("P-Asserted-Identity"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-Preferred-Service"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("Verification-Result"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-DCS-Trace-Party-ID"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Preferred-Identity"), UR_HEADER_IDENTITY},
	{UR_TEXT_INIT("P-Visited-Network-ID"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Cellular-Network-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Access-Network-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Media-Authorization"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("Service-Interact-Info"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Attestation-Indicator"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Private-Network-Indication"), UR_HEADER_CHARGING},
	{UR_TEXT_INIT("P-Charging-Function-Addresses"), UR_HEADER_CHARGING},
};
/* clang-format on */

/* clang-format off */
static const struct ur_text negotiating[] = {
	UR_TEXT_INIT("k"), UR_TEXT_INIT("u"), UR_TEXT_INIT("Allow"),
	UR_TEXT_INIT("Accept"), UR_TEXT_INIT("Min-SE"), UR_TEXT_INIT("Require"),
	UR_TEXT_INIT("Warning"), UR_TEXT_INIT("Supported"),
	UR_TEXT_INIT("Unsupported"), UR_TEXT_INIT("Allow-Events"),
	UR_TEXT_INIT("Accept-Encoding"), UR_TEXT_INIT("Accept-Language"),
	UR_TEXT_INIT("Security-Server"),
};
/* clang-format on */

static int compare(const void *key, const void *element)
{
	const struct ur_text *name = key;
	const struct known *known = element;

	return name->len != known->name.len
				   ? name->len - known->name.len
				   : strncasecmp(name->s, known->name.s, name->len);
}

static struct ur_text without_blanks_behind(struct ur_text name)
{
	while(name.len > 0
			&& (name.s[name.len - 1] == ' ' || name.s[name.len - 1] == '\t'))
		name.len--;
	return name;
}

bool ur_header_negotiates(struct ur_text name)
{
	size_t i;

	name = without_blanks_behind(name);
	for(i = 0; i < sizeof(negotiating) / sizeof(negotiating[0]); i++) {
		if(name.len == negotiating[i].len
				&& strncasecmp(name.s, negotiating[i].s, name.len) == 0)
			return true;
	}
	return false;
}

enum ur_header_class ur_headers_class(struct ur_text name)
{
	const struct known *found;

	name = without_blanks_behind(name);
	found = bsearch(&name, headers, sizeof(headers) / sizeof(headers[0]),
			sizeof(headers[0]), compare);
	return found != NULL ? found->class : UR_HEADER_OTHER;
}
