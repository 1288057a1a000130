/*
 * RPC user_routing.explain and user_routing.explain_tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_explain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/parser/parse_uri.h"
#include "core/rand/kam_rand.h"
#include "core/ut.h"
#include "kam/called.h"
#include "kam/compat.h"
#include "kam/contacts.h"
#include "kam/context.h"
#include "kam/directory.h"
#include "kam/in_progress.h"
#include "kam/legs.h"
#include "kam/request.h"
#include "kam/rpc_explain_struct.h"
#include "kam/settings.h"
#include "kam/tel_uri.h"
#include "policy/explain_text.h"
#include "policy/local_time.h"
#include "policy/privacy.h"
#include "policy/status.h"

#define ADDRESS_MAX 512

/* Digits of a CALLER that is a number, if it has no +. */
#define NUMBER_MIN 7

/* All lines of a tree go into one answer; ctl limits it to 32 KB by default. */
#define TREE_MAX 28000

const char *ur_rpc_explain_doc[] = {
		"Shows what would happen to a call now, and why: each decision with its"
		" rule, each device with its contacts and why it would or would not"
		" ring, and what follows if the ring ends busy, with no answer or with"
		" all phones unreachable. No call is placed. Parameters:"
		" CALLEE [CALLER [PRIVACY]] [at TIME]. CALLEE:"
		" username@domain, an extension's digits@domain, number@domain, or a "
		"device's"
		" auth_username@realm; or tel:NUMBER;phone-context=DOMAIN. CALLER: a"
		" device's auth_username@realm, or username@domain for a user who calls"
		" from none of the devices; none or \".\": a call from a trunk; a"
		" number: one that a trunk asserts. PRIVACY: the value of a Privacy"
		" header. Last may come: at \"YYYY-MM-DD HH:MM\", a time of the"
		" callee's account; else it is about now. Authentication and the"
		" script are not part of it.",
		0};

const char *ur_rpc_explain_tree_doc[] = {
		"The answer of user_routing.explain as lines of text. The same"
		" parameters.",
		0};

/* ---- the question */

/* Accepts a number with the domain of its phone-context: how others are dialled depends on the
 * caller. */
static bool parse_tel(str text, str *user, str *host)
{
	static struct ur_tel tel;
	struct sip_uri uri;

	if(text.len > ADDRESS_MAX || parse_uri(text.s, text.len, &uri) < 0
			|| ur_tel_uri_read(&text, &uri, &tel) <= 0
			|| ur_text_is_empty(tel.domain))
		return false;
	*user = ur_str_of_text(ur_tel_number(&tel));
	*host = ur_str_of_text(tel.domain);
	return true;
}

/* Splits "user@host" or "sip:user@host;…", in buf. */
static bool parse_callee(str text, char *buf, str *user, str *host)
{
	struct sip_uri uri;
	const bool is_uri = strncasecmp(text.s, "sip:", 4) == 0
						|| strncasecmp(text.s, "sips:", 5) == 0;
	int len;

	if(ur_tel_uri_is(&text))
		return parse_tel(text, user, host);
	if(memchr(text.s, '@', text.len) == NULL || text.len > ADDRESS_MAX)
		return false;
	len = snprintf(buf, ADDRESS_MAX + 8, "%s%.*s",
			is_uri ? "" : "sip:", text.len, text.s);
	if(parse_uri(buf, len, &uri) < 0)
		return false;
	*user = uri.user;
	*host = uri.host;
	return true;
}

/* Splits "user@host" literally: a digest username is not part of a URI. */
static bool parse_caller(str text, str *user, str *host)
{
	int at;

	if(text.len > 4 && strncasecmp(text.s, "sip:", 4) == 0) {
		text.s += 4;
		text.len -= 4;
	}
	for(at = text.len - 1; at >= 0 && text.s[at] != '@'; at--)
		;
	*user = (str){text.s, at};
	*host = (str){text.s + at + 1, text.len - at - 1};
	return at >= 0;
}

static bool read_callee(rpc_t *rpc, void *ctx,
		struct ur_rpc_explain_question *question, str *user, str *host)
{
	static char buf[ADDRESS_MAX + 8], dialled[ADDRESS_MAX];

	if(rpc->scan(ctx, ".S", &question->callee_text) < 1) {
		rpc->fault(ctx, 400, "CALLEE is missing: it must be user@domain");
		return false;
	}
	if(!parse_callee(question->callee_text, buf, user, host)) {
		rpc->fault(
				ctx, 400, "CALLEE is not an address: it must be user@domain");
		return false;
	}
	memcpy(dialled, host->s, host->len);
	host->s = dialled;
	strlower(host);
	question->caller.dialled = ur_text_of_str(*host);
	return true;
}

/* The optional parameters. */
struct words
{
	str word[2]; /* CALLER, PRIVACY; empty: not given */
	str at;
};

static bool is_word(str text, const char *word)
{
	return text.len == (int)strlen(word) && memcmp(text.s, word, text.len) == 0;
}

static bool read_words(rpc_t *rpc, void *ctx, struct words *words)
{
	int count = 0;
	str text;

	memset(words, 0, sizeof(*words));
	while(rpc->scan(ctx, "*.S", &text) > 0) {
		if(is_word(text, "at")) {
			if(rpc->scan(ctx, "*.S", &words->at) > 0 && words->at.len > 0)
				return true;
			rpc->fault(ctx, 400, "TIME is missing after at");
			return false;
		}
		if(count == 2) {
			rpc->fault(ctx, 400,
					"After CALLEE, CALLER and PRIVACY only at TIME may come");
			return false;
		}
		words->word[count++] = text;
	}
	return true;
}

/* A number that a trunk asserts, as written. A short one without + is an address whose domain was
 * forgotten. */
static bool is_number(str text)
{
	return text.len > 0 && memchr(text.s, '@', text.len) == NULL
		   && (*text.s == '+'
				   || (text.len >= NUMBER_MIN
						   && ur_is_digit((unsigned char)*text.s)));
}

static bool read_caller(rpc_t *rpc, void *ctx, str text,
		struct ur_rpc_explain_question *question)
{
	struct ur_caller *caller = &question->caller;
	const struct ur_text dialled = caller->dialled;
	str user, host;

	if(text.len == 0 || is_word(text, ".") || !question->is_loaded)
		return true;
	if(is_number(text)) {
		question->asserted = ur_text_of_str(text);
		question->caller_text = text;
		return true;
	}
	if(!parse_caller(text, &user, &host)) {
		rpc->fault(ctx, 400,
				"CALLER is not an address: it must be user@domain, or a"
				" number");
		return false;
	}
	if(!ur_request_find_caller(ur_context_table(), user, host, caller)) {
		rpc->fault(ctx, 404, "CALLER is not a device or user in the mirror");
		return false;
	}
	question->caller_text = text;
	caller->dialled = dialled;
	return true;
}

static void find_callee(
		struct ur_rpc_explain_question *question, str user, str host)
{
	question->callee = ur_called_by_name(user, host, &question->caller);
	ur_request_set_dialled(
			&question->caller, &question->callee, ur_context_table());
}

/* The callee's account says what a local time is. */
static bool read_time(rpc_t *rpc, void *ctx, str text,
		struct ur_rpc_explain_question *question)
{
	const struct ur_callee *callee = &question->callee;
	enum ur_local_time_error error = UR_LOCAL_TIME_OK;
	const struct ur_account *account;

	question->time = time(NULL);
	question->at_text = text;
	if(text.len == 0 || (callee->user == NULL && callee->extension == NULL))
		return true;
	account = ur_table_account_by_number(
			ur_context_table(), ur_callee_account(callee));
	error = ur_local_time_read(ur_text_of_str(text),
			account != NULL ? ur_account_text(account, account->utc_offsets)
							: UR_TEXT(""),
			&question->time);
	ur_table_account_put(account);
	if(error == UR_LOCAL_TIME_OK)
		return true;
	rpc->fault(ctx, 400, "TIME: %s", ur_local_time_error_text(error));
	return false;
}

static void put_question(const struct ur_rpc_explain_question *question)
{
	ur_table_user_put(question->callee.user);
	ur_table_extension_put(question->callee.extension);
	ur_table_user_put(question->caller.user);
}

/* False, with a fault, if the question is invalid. The texts are valid until the next question. */
static bool read_question(
		rpc_t *rpc, void *ctx, struct ur_rpc_explain_question *question)
{
	struct words words;
	str user, host;

	ur_settings_refresh();
	memset(question, 0, sizeof(*question));
	question->callee.kind = UR_CALLEE_UNKNOWN;
	question->is_loaded = ur_state_is_loaded(ur_context_mirror());
	if(!read_callee(rpc, ctx, question, &user, &host)
			|| !read_words(rpc, ctx, &words)
			|| !read_caller(rpc, ctx, words.word[0], question))
		return false;
	if(question->is_loaded)
		find_callee(question, user, host);
	question->caller.is_private =
			words.word[1].len > 0
			&& (ur_privacy_read(ur_text_of_str(words.word[1]))
					& UR_PRIVACY_ASKED);
	if(read_time(rpc, ctx, words.at, question))
		return true;
	put_question(question);
	return false;
}

/* ---- look-ups for the walk */

static int copy_contacts(const struct ur_contacts *from,
		struct ur_explain_contact *list, int count, int size)
{
	int i;

	for(i = 0; i < from->count && count < size; i++) {
		const struct ur_contact *c = &from->list[i];

		list[count++] = (struct ur_explain_contact){ur_text_of_str(c->uri),
				ur_text_of_str(c->received), ur_text_of_str(c->path),
				ur_contact_expires_in(c), c->state, ur_contact_connection(c)};
	}
	return count;
}

static int read_contacts(void *context, const struct ur_plan *plan, int place,
		int limit, struct ur_explain_contact *list, int size)
{
	const struct ur_contacts *live, *others;

	(void)context;
	ur_contacts_read_all(plan, place, limit, &live, &others);
	return copy_contacts(
			others, list, copy_contacts(live, list, 0, size), size);
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	(void)context;
	return ur_table_account_by_number(ur_context_table(), number);
}

static int calls_of(void *context, const struct ur_user *user)
{
	(void)context;
	return ur_in_progress_list(ur_user_text(user, user->id), NULL, 0);
}

static uint32_t turn(void *context, const struct ur_group *group)
{
	(void)context;
	return ur_table_group_turn(group, false);
}

static struct ur_explain_world world_of(
		const struct ur_rpc_explain_question *question,
		const struct ur_directory *directory)
{
	return (struct ur_explain_world){.directory = directory,
			.read_contacts = read_contacts,
			.find_account = find_account,
			.put_account = ur_table_account_put,
			.branches = ur_legs_room_of_new(),
			.fr_timer = ur_setting(fr_timer),
			.ring_timeout_total = ur_setting(ring_timeout_total),
			.time = question->time,
			.chance = (uint32_t)kam_rand(),
			.turn = turn,
			.calls_of = ur_in_progress_is_counted() ? calls_of : NULL,
			.asserted = question->asserted};
}

/* Takes over the callee's reference. Of a call to nobody of ours it tells only what keeps the caller from it. */
static void walk(const struct ur_rpc_explain_question *question,
		const struct ur_explain_sink *sink)
{
	const struct ur_callee *callee = &question->callee;
	struct ur_directory directory;
	struct ur_explain_world world;

	if(callee->kind == UR_CALLEE_FOREIGN
			|| (callee->kind == UR_CALLEE_UNKNOWN
					&& !ur_callee_may_leave(callee)))
		return;
	directory = ur_directory_of(
			callee->kind == UR_CALLEE_UNKNOWN ? 0 : ur_callee_account(callee));
	world = world_of(question, &directory);
	ur_explain_call(&world, sink, &question->caller, callee);
}

/* ---- the answers */

/* The identity that a call to an unknown callee would show if the script sends it on; phones
 * only. */
static bool shows_outbound(const struct ur_rpc_explain_question *question,
		struct ur_identity *identity)
{
	const struct ur_explain_world world = world_of(question, NULL);

	if(question->callee.kind != UR_CALLEE_UNKNOWN
			|| !ur_callee_may_leave(&question->callee)
			|| !ur_caller_is_phone(&question->caller))
		return false;
	ur_explain_outbound(&world, ur_callee_is_emergency(&question->callee),
			&question->caller, identity);
	return true;
}

void ur_rpc_explain(rpc_t *rpc, void *ctx)
{
	struct ur_rpc_explain_question question;
	struct ur_rpc_explain_struct answer;
	struct ur_explain_sink sink;
	struct ur_identity shown;

	if(!read_question(rpc, ctx, &question))
		return;
	sink = ur_rpc_explain_struct_begin(&answer, rpc, ctx, &question,
			shows_outbound(&question, &shown) ? &shown : NULL);
	walk(&question, &sink);
	ur_rpc_explain_struct_end(&answer);
	ur_table_user_put(question.caller.user);
}

/* Lines, each terminated by a zero byte. */
struct tree
{
	char text[TREE_MAX];
	int len; /* TREE_MAX + 1: the lines did not fit */
};

static void add_line(void *context, struct ur_text line)
{
	struct tree *tree = context;

	if(line.len >= TREE_MAX - tree->len) {
		tree->len = TREE_MAX + 1;
		return;
	}
	memcpy(tree->text + tree->len, line.s, line.len);
	tree->len += line.len;
	tree->text[tree->len++] = '\0';
}

static void put(struct ur_output *out, const char *s)
{
	ur_output_put(out, (struct ur_text){s, (int)strlen(s)});
}

static void put_caller(
		struct ur_output *out, const struct ur_rpc_explain_question *question)
{
	if(question->caller_text.len == 0) {
		put(out, "a trunk");
		return;
	}
	ur_output_put(out, ur_text_of_str(question->caller_text));
	put(out, ", ");
	if(question->asserted.len > 0) {
		put(out, "from a trunk,");
		return;
	}
	ur_explain_text_put_user(out, question->caller.user);
	put(out, ",");
}

static void put_nobody(
		struct ur_output *out, const struct ur_rpc_explain_question *question)
{
	const int status = ur_rpc_explain_struct_status(question);
	struct ur_identity shown;

	put(out, ur_rpc_explain_struct_why(question));
	if(question->callee.number.len > 0) {
		put(out, " with the number ");
		ur_output_put(out, ur_number_text(&question->callee.number));
	}
	put(out, " → ");
	ur_output_put_number(out, status);
	put(out, " ");
	put(out, ur_status_phrase(status));
	if(!shows_outbound(question, &shown))
		return;
	put(out, "; if the script sends the call on, showing ");
	ur_explain_text_put_shown(out, &shown);
}

/* The first line; the only one if no user or extension of ours is called. */
static void add_head(
		struct tree *tree, const struct ur_rpc_explain_question *question)
{
	char line[4096];
	struct ur_output out = {line, 0, sizeof(line)};

	put_caller(&out, question);
	put(&out, " calls ");
	ur_output_put(&out, ur_text_of_str(question->callee_text));
	if(question->at_text.len > 0) {
		put(&out, " at ");
		ur_output_put(&out, ur_text_of_str(question->at_text));
	}
	if(ur_rpc_explain_struct_status(question) != 0) {
		put(&out, ": ");
		put_nobody(&out, question);
	}
	if(out.len > 0)
		add_line(tree, (struct ur_text){line, out.len});
}

static void send_tree(rpc_t *rpc, void *ctx, const struct tree *tree)
{
	int at;

	if(tree->len > TREE_MAX) {
		rpc->fault(ctx, 500,
				"The tree is longer than %d bytes: use user_routing.explain",
				TREE_MAX);
		return;
	}
	for(at = 0; at < tree->len; at += strlen(tree->text + at) + 1) {
		if(rpc->add(ctx, "s", tree->text + at) < 0)
			return;
	}
}

void ur_rpc_explain_tree(rpc_t *rpc, void *ctx)
{
	static struct tree tree;
	struct ur_explain_text text = {.context = &tree, .line = add_line};
	const struct ur_explain_sink sink = ur_explain_text_sink(&text);
	struct ur_rpc_explain_question question;

	if(!read_question(rpc, ctx, &question))
		return;
	tree.len = 0;
	add_head(&tree, &question);
	walk(&question, &sink);
	ur_table_user_put(question.caller.user);
	send_tree(rpc, ctx, &tree);
}
