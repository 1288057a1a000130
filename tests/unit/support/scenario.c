/*
 * Calls to be explained.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/scenario.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/calls.h"
#include "support/groups.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

struct answer
{
	char text[16384];
	int len;
};

static void add_line(void *context, struct ur_text line)
{
	struct answer *answer = context;

	ck_assert_int_lt(answer->len + line.len + 1, (int)sizeof(answer->text));
	answer->len +=
			sprintf(answer->text + answer->len, "%.*s\n", line.len, line.s);
}

/* ---- contacts */

static enum ur_contact_state state_of(char letter)
{
	switch(letter) {
		case 'E':
			return UR_CONTACT_EXPIRED;
		case 'I':
			return UR_CONTACT_NO_INVITE;
		case 'O':
			return UR_CONTACT_OLDER_FLOW;
		default:
			return UR_CONTACT_LIVE;
	}
}

static const char *letters_of(const struct ur_test_scenario *s, const char *aor)
{
	const char *found = s->contacts ? strstr(s->contacts, aor) : NULL;

	return found != NULL ? found + strlen(aor) + 1 : "L";
}

static int read_contacts(void *context, const struct ur_plan *plan, int place,
		int limit, struct ur_explain_contact *list, int size)
{
	static char uris[UR_EXPLAIN_CONTACTS_MAX][64];
	const struct ur_member member = ur_plan_member(plan, place);
	const char *letter;
	char name[32];
	struct ur_output out = {name, 0, sizeof(name)};
	int count = 0;

	ur_member_put(&out, &member);
	ck_assert_int_lt(out.len, (int)sizeof(name));
	name[out.len] = '\0';
	/* Behind those that are there stand live ones, which don't count. */
	memset(list, 0, size * sizeof(list[0]));
	for(letter = letters_of(context, name); *letter > ' '; letter++) {
		ck_assert_int_lt(count, size);
		list[count] = (struct ur_explain_contact){.state = state_of(*letter)};
		if(list[count].state == UR_CONTACT_LIVE && limit-- <= 0)
			list[count].state = UR_CONTACT_NO_BRANCH;
		list[count].uri.len =
				sprintf(uris[count], "sip:%s:%d", name, 5060 + count);
		list[count].uri.s = uris[count];
		count++;
	}
	return count;
}

static const struct ur_account *find_account(void *context, uint32_t number)
{
	(void)context;
	(void)number;
	return NULL;
}

struct ur_explain_world ur_test_scenario_world(
		const struct ur_test_scenario *s, const struct ur_directory *directory)
{
	return (struct ur_explain_world){.directory = directory,
			.context = (void *)s,
			.read_contacts = read_contacts,
			.find_account = find_account,
			.branches = 29,
			.fr_timer = 4000,
			.ring_timeout_total = s->total,
			.time = s->time,
			.turn = ur_test_next_turn,
			.calls_of = s->calls != NULL ? ur_test_calls_of : NULL,
			.asserted = {s->asserted,
					s->asserted != NULL ? (int)strlen(s->asserted) : 0}};
}

void ur_test_scenario_make(const struct ur_test_scenario *s)
{
	int i;

	ur_test_world_forget();
	ur_test_calls_set(s->calls);
	for(i = 0; i < COUNT(s->people) && s->people[i].id != NULL; i++)
		ur_test_world_add(&s->people[i]);
	for(i = 0; i < COUNT(s->lines) && s->lines[i].id != NULL; i++)
		ur_test_world_add_line(&s->lines[i]);
	ur_test_add_groups(s->groups);
}

/* By user a, when anybody of ours calls; that reference is the test's own. */
static struct ur_caller caller_of(const struct ur_test_scenario *s)
{
	struct ur_caller caller = {.dialled = UR_TEXT("x")};

	if(s->caller != NULL && *s->caller == '\0')
		return caller;
	caller.aor = s->caller != NULL
						 ? (struct ur_text){s->caller, strlen(s->caller)}
						 : UR_TEXT("a@x");
	caller.domain = UR_TEXT("x");
	caller.user = ur_test_world_user("a");
	ur_test_world.references--;
	return caller;
}

static struct ur_callee callee_of(const char *callee)
{
	if(*callee == '\0')
		return (struct ur_callee){.kind = UR_CALLEE_UNKNOWN};
	if(strcmp(callee, "112") == 0)
		return (struct ur_callee){
				.kind = UR_CALLEE_UNKNOWN, .why = UR_CALLEE_EMERGENCY};
	if(strchr(callee, '@') != NULL)
		return (struct ur_callee){.kind = UR_CALLEE_DEVICE,
				.user = ur_test_world_user("a"),
				.device = callee[1] - '0'};
	if(*callee == 'e')
		return (struct ur_callee){.kind = UR_CALLEE_EXTENSION,
				.extension = ur_test_world_line(callee)};
	return (struct ur_callee){
			.kind = UR_CALLEE_USER, .user = ur_test_world_user(callee)};
}

void ur_test_scenario_explain(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_test_scenario *s)
{
	const struct ur_caller caller = caller_of(s);
	const struct ur_callee callee = callee_of(s->callee);

	ur_explain_call(world, sink, &caller, &callee);
}

const char *ur_test_scenario_text(
		const struct ur_explain_world *world, const struct ur_test_scenario *s)
{
	static struct answer answer;
	struct ur_explain_text text = {.context = &answer, .line = add_line};
	const struct ur_explain_sink sink = ur_explain_text_sink(&text);

	answer.len = 0;
	answer.text[0] = '\0';
	ur_test_scenario_explain(world, &sink, s);
	ck_assert_int_eq(text.depth, 0);
	ck_assert_int_eq(ur_test_world.references, 0);
	ck_assert_int_eq(ur_test_world.refusals, 0); /* nothing is logged */
	return answer.text;
}
