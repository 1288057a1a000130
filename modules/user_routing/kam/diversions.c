/*
 * Diversions: those that a trunk tells about, and those that a leg tells about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/diversions.h"

#include <string.h>

#include "kam/compat.h"
#include "kam/context.h"
#include "kam/headers.h"
#include "policy/history.h"

/* RFC 5806 §4: a counter has two digits. */
#define MOST 99

#define HEADERS_MAX 8192

/* ---- a trunk's */

static int at_most(int count)
{
	return count < MOST ? count : MOST;
}

int ur_diversions_before(struct sip_msg *msg)
{
	const struct hdr_field *header;
	int diversions = 0, entries = 0;

	if(parse_headers(msg, HDR_EOH_F, 0) < 0)
		return 0;
	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("Diversion")))
			diversions =
					at_most(diversions
							+ ur_history_count(ur_text_of_str(header->body)));
		else if(ur_header_is(header, UR_TEXT("History-Info")))
			entries = at_most(
					entries + ur_history_count(ur_text_of_str(header->body)));
	}
	/* The last entry is the current callee. */
	return diversions >= entries ? diversions : entries - 1;
}

/* ---- a leg's */

/* A trunk's headers about earlier diversions. */
struct told
{
	const struct hdr_field *diversion; /* the first one, or NULL */
	struct ur_text index; /* of the last entry of History-Info, or empty */
};

static struct told find_told(const struct sip_msg *msg)
{
	struct told told = {NULL, UR_TEXT_INIT("")};
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("Diversion"))) {
			if(told.diversion == NULL)
				told.diversion = header;
		} else if(ur_header_is(header, UR_TEXT("History-Info"))) {
			told.index = ur_history_last_index(ur_text_of_str(header->body));
		}
	}
	return told;
}

/* A history that can't be continued is removed, or there would be two. */
static int remove_history(struct sip_msg *msg)
{
	const struct hdr_field *header;

	for(header = msg->headers; header != NULL; header = header->next) {
		if(ur_header_is(header, UR_TEXT("History-Info"))
				&& ur_header_remove(msg, header) < 0)
			return -1;
	}
	return 0;
}

static int add_named(struct sip_msg *msg, const struct ur_live_call *live,
		const struct ur_chain *chain, const struct ur_history_names *names,
		struct ur_text uri)
{
	static char text[HEADERS_MAX];
	struct told told = {NULL, UR_TEXT_INIT("")};
	int len = ur_history_diversions(chain, names, text, sizeof(text));

	if(len <= 0)
		return len;
	if(!ur_caller_is_phone(&live->call.caller))
		told = find_told(msg);
	if(ur_header_add(msg, told.diversion, (struct ur_text){text, len}) < 0)
		return -1;
	if(!ur_caller_is_phone(&live->call.caller) && ur_text_is_empty(told.index)
			&& remove_history(msg) < 0)
		return -1;
	len = ur_history_info(chain, names, uri, told.index, text, sizeof(text));
	return len < 0 ? -1 : ur_header_add(msg, NULL, (struct ur_text){text, len});
}

/* References to the account of those who diverted; NULL in the place of others. */
static void get_accounts(
		const struct ur_chain *chain, const struct ur_account **accounts)
{
	int i;

	for(i = 0; i < chain->count; i++)
		accounts[i] = chain->hops[i].diversion == UR_DIVERSION_NONE
							  ? NULL
							  : ur_table_account_by_number(ur_context_table(),
									  ur_chain_account(chain));
}

static int add_numbers(struct sip_msg *msg, const struct ur_live_call *live,
		const struct ur_chain *chain)
{
	const struct ur_caller *const caller = &live->call.caller;
	const struct ur_account *accounts[UR_CHAIN_LIMIT];
	const struct ur_history_names names = {
			ur_text_is_empty(caller->gateway_domain) ? caller->dialled
													 : caller->gateway_domain,
			accounts};
	int i, rc;

	get_accounts(chain, accounts);
	/* the gateway may have a domain of its own */
	rc = add_named(msg, live, chain, &names, ur_text_of_str(*GET_RURI(msg)));
	for(i = 0; i < chain->count; i++)
		ur_table_account_put(accounts[i]);
	return rc;
}

int ur_diversions_add(
		struct sip_msg *msg, const struct ur_live_call *live, enum ur_leg_to to)
{
	const struct ur_history_names names = {live->call.caller.dialled, NULL};
	struct ur_chain copy;
	const struct ur_chain *chain = ur_call_leg_chain(
			&live->call, ur_live_call_place_of(live, msg->ruid), &copy);

	return ur_caller_leg_is_pstn(to)
				   ? add_numbers(msg, live, chain)
				   : add_named(msg, live, chain, &names, live->target_uri);
}
