/*
 * Diversion and History-Info.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/history.h"

#include <strings.h>

#include "policy/identity.h"
#include "policy/output.h"
#include "policy/target.h"

int ur_history_cause(enum ur_diversion reason)
{
	switch(reason) {
		case UR_DIVERSION_UNCONDITIONAL:
		case UR_DIVERSION_TIME_OF_DAY:
			return 302;
		case UR_DIVERSION_NO_ANSWER:
			return 408;
		case UR_DIVERSION_UNAVAILABLE:
			return 503;
		default:
			return 486;
	}
}

struct ur_text ur_history_reason(enum ur_diversion reason)
{
	switch(reason) {
		case UR_DIVERSION_NONE:
			return UR_TEXT("");
		case UR_DIVERSION_UNCONDITIONAL:
			return UR_TEXT("unconditional");
		case UR_DIVERSION_DO_NOT_DISTURB:
			return UR_TEXT("do-not-disturb");
		case UR_DIVERSION_NO_ANSWER:
			return UR_TEXT("no-answer");
		case UR_DIVERSION_UNAVAILABLE:
			return UR_TEXT("unavailable");
		case UR_DIVERSION_TIME_OF_DAY:
			return UR_TEXT("time-of-day");
		default:
			return UR_TEXT("user-busy");
	}
}

static bool put_number(struct ur_output *out, const struct ur_chain *chain,
		const struct ur_history_names *names, int i)
{
	struct ur_identity identity;

	if(names->accounts == NULL || names->accounts[i] == NULL)
		return false;
	ur_identity_of_number(
			names->accounts[i], chain->hops[i].user, names->domain, &identity);
	if(identity.anonymous)
		return false;
	ur_output_put(out, (struct ur_text){identity.uri, identity.uri_len});
	return true;
}

static bool is_shown(const struct ur_chain *chain, int i)
{
	return chain->hops[i].diversion != UR_DIVERSION_NONE
		   && !ur_text_is_empty(ur_chain_name(chain, i));
}

static void put_hop(struct ur_output *out, const struct ur_chain *chain,
		const struct ur_history_names *names, int i)
{
	if(!put_number(out, chain, names, i))
		ur_output_put_address(out, ur_chain_name(chain, i), names->domain);
}

int ur_history_diversions(const struct ur_chain *chain,
		const struct ur_history_names *names, char *buf, int size)
{
	struct ur_output out = {buf, 0, size};
	int i;

	for(i = chain->count - 1; i >= 0; i--) {
		const struct ur_hop *hop = &chain->hops[i];

		if(!is_shown(chain, i))
			continue;
		ur_output_put(&out, UR_TEXT("Diversion: <"));
		put_hop(&out, chain, names, i);
		ur_output_put(&out, UR_TEXT(">;reason="));
		ur_output_put(&out, ur_history_reason(hop->diversion));
		ur_output_put(&out, UR_TEXT("\r\n"));
	}
	return out.len;
}

/* ---- History-Info */

/* 1, 1.1, 1.1.1 …: each entry is retargeted from the one before. */
static void put_index(struct ur_output *out, struct ur_text parent, int depth)
{
	ur_output_put(out, UR_TEXT(">;index="));
	ur_output_put(out, ur_text_is_empty(parent) ? UR_TEXT("1") : parent);
	for(depth -= ur_text_is_empty(parent) ? 1 : 0; depth > 0; depth--)
		ur_output_put(out, UR_TEXT(".1"));
}

static void put_cause(struct ur_output *out, enum ur_diversion reason)
{
	ur_output_put(out, UR_TEXT(";cause="));
	ur_output_put_number(out, ur_history_cause(reason));
}

/* Searches the parameters, which are between host and headers. */
static bool has_cause(struct ur_text uri, int headers)
{
	const struct ur_text cause = UR_TEXT(";cause=");
	int i;

	for(i = ur_target_host(uri); i + cause.len <= headers; i++) {
		if(strncasecmp(uri.s + i, cause.s, cause.len) == 0)
			return true;
	}
	return false;
}

/* The URI of a voicemail box has its cause already. */
static void put_target(
		struct ur_output *out, struct ur_text uri, enum ur_diversion reason)
{
	const int head = ur_target_headers(uri);

	ur_output_put(out, (struct ur_text){uri.s, head});
	if(!has_cause(uri, head))
		put_cause(out, reason);
	ur_output_put(out, (struct ur_text){uri.s + head, uri.len - head});
}

int ur_history_info(const struct ur_chain *chain,
		const struct ur_history_names *names, struct ur_text uri,
		struct ur_text parent, char *buf, int size)
{
	struct ur_output out = {buf, 0, size};
	enum ur_diversion came_by = UR_DIVERSION_NONE;
	int depth = 0;
	int i;

	ur_output_put(&out, UR_TEXT("History-Info: "));
	for(i = 0; i < chain->count; i++) {
		const struct ur_hop *hop = &chain->hops[i];

		if(!is_shown(chain, i))
			continue;
		ur_output_put(&out, UR_TEXT("<"));
		put_hop(&out, chain, names, i);
		if(came_by != UR_DIVERSION_NONE)
			put_cause(&out, came_by);
		put_index(&out, parent, ++depth);
		ur_output_put(&out, UR_TEXT(", "));
		came_by = hop->diversion;
	}
	ur_output_put(&out, UR_TEXT("<"));
	put_target(&out, uri, came_by);
	put_index(&out, parent, ++depth);
	ur_output_put(&out, UR_TEXT("\r\n"));
	return out.len;
}

/* ---- headers that others have written */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int skip_blanks(struct ur_text value, int at)
{
	while(at < value.len && is_blank(value.s[at]))
		at++;
	return at;
}

/* The position after a quoted string or a <URI> that begins here, else `at` itself. */
static int skip_enclosed(struct ur_text value, int at)
{
	const char end = value.s[at] == '<' ? '>' : '"';

	if(value.s[at] != '<' && value.s[at] != '"')
		return at;
	for(at++; at < value.len && value.s[at] != end; at++) {
		if(end == '"' && value.s[at] == '\\')
			at++;
	}
	return at < value.len ? at + 1 : value.len;
}

/* The digits and dots that begin here, if they are an index (RFC 7044): that of the last entry, so no
 * comma follows. */
static struct ur_text read_index(struct ur_text value, int at)
{
	const int begin = at;
	bool digit = false;

	for(; at < value.len; at++) {
		const bool dot = value.s[at] == '.';

		if(!dot && (value.s[at] < '0' || value.s[at] > '9'))
			break;
		if(dot && !digit)
			return UR_TEXT("");
		digit = !dot;
	}
	if(!digit || at - begin > UR_HISTORY_INDEX_MAX)
		return UR_TEXT("");
	if(at < value.len && !is_blank(value.s[at]) && value.s[at] != ';')
		return UR_TEXT("");
	return (struct ur_text){value.s + begin, at - begin};
}

/* Where the value of the parameter after this semicolon begins, if it has that name; else -1. */
static int parameter_value(struct ur_text value, int at, struct ur_text name)
{
	at = skip_blanks(value, at + 1);
	if(value.len - at < name.len
			|| strncasecmp(value.s + at, name.s, name.len) != 0)
		return -1;
	at = skip_blanks(value, at + name.len);
	if(at == value.len || value.s[at] != '=')
		return -1;
	return skip_blanks(value, at + 1);
}

/* The index, if the parameter after this semicolon is one. */
static void read_parameter(struct ur_text value, int at, struct ur_text *index)
{
	at = parameter_value(value, at, UR_TEXT("index"));
	if(at >= 0)
		*index = read_index(value, at);
}

struct ur_text ur_history_last_index(struct ur_text value)
{
	struct ur_text index = UR_TEXT("");
	int at = 0;

	while(at < value.len) {
		const int behind = skip_enclosed(value, at);

		if(behind > at) {
			at = behind;
			continue;
		}
		if(value.s[at] == ',')
			index.len = 0;
		else if(value.s[at] == ';')
			read_parameter(value, at, &index);
		at++;
	}
	return index;
}

/* The counter's one or two digits; 1 if it has none, or is 0. */
static int read_counter(struct ur_text value, int at)
{
	int i, counter = 0;

	for(i = at; i < value.len && i < at + 2; i++) {
		if(value.s[i] < '0' || value.s[i] > '9')
			break;
		counter = counter * 10 + value.s[i] - '0';
	}
	return counter > 0 ? counter : 1;
}

int ur_history_count(struct ur_text value)
{
	int all = 0, entry = 0, at = 0;

	while(at < value.len) {
		const int behind = skip_enclosed(value, at);
		int counter = -1;

		if(behind == at && value.s[at] == ',') {
			all += entry;
			entry = 0;
		} else if(behind == at && value.s[at] == ';') {
			counter = parameter_value(value, at, UR_TEXT("counter"));
		} else if(entry == 0 && !is_blank(value.s[at])) {
			entry = 1;
		}
		if(counter >= 0)
			entry = read_counter(value, counter);
		at = behind > at ? behind : at + 1;
	}
	return all + entry;
}
