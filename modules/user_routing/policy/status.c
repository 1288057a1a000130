/*
 * SIP status codes that end a call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/status.h"

#include <stddef.h>

/* clang-format off */
static const struct
{
	int status;
	const char *phrase;
} phrases[] = {
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{402, "Payment Required"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{407, "Proxy Authentication Required"},
	{408, "Request Timeout"},
	{410, "Gone"},
	{413, "Request Entity Too Large"},
	{414, "Request-URI Too Long"},
	{415, "Unsupported Media Type"},
	{416, "Unsupported URI Scheme"},
	{420, "Bad Extension"},
	{421, "Extension Required"},
	{422, "Session Interval Too Small"},
	{423, "Interval Too Brief"},
	{433, "Anonymity Disallowed"},
	{480, "Temporarily Unavailable"},
	{481, "Call/Transaction Does Not Exist"},
	{482, "Loop Detected"},
	{483, "Too Many Hops"},
	{484, "Address Incomplete"},
	{485, "Ambiguous"},
	{486, "Busy Here"},
	{487, "Request Terminated"},
	{488, "Not Acceptable Here"},
	{489, "Bad Event"},
	{491, "Request Pending"},
	{493, "Undecipherable"},
	{494, "Security Agreement Required"},
	{500, "Server Internal Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Server Time-out"},
	{505, "Version Not Supported"},
	{513, "Message Too Large"},
	{580, "Precondition Failure"},
	{600, "Busy Everywhere"},
	{603, "Decline"},
	{604, "Does Not Exist Anywhere"},
	{606, "Not Acceptable"},
};
/* clang-format on */

const char *ur_status_phrase(int status)
{
	size_t i;

	for(i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if(phrases[i].status == status)
			return phrases[i].phrase;
	}
	switch(status / 100) {
		case 4:
			return "Request Failure";
		case 5:
			return "Server Failure";
		case 6:
			return "Global Failure";
		default:
			return "Server Internal Error";
	}
}
