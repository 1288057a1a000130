/*
 * Users' own rules for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/own_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define MAX 8
#define BLOCK 8192

static struct
{
	struct ur_schedule *schedules[MAX];
	struct ur_caller_list *lists[MAX];
	struct ur_account *accounts[MAX];
	int schedule_count, list_count, account_count;
} made;


/* ---- rules */

int ur_test_rules_count(const char *rules)
{
	int count = rules != NULL && *rules != '\0';

	for(; rules != NULL && *rules != '\0'; rules++)
		count += *rules == ';';
	return count;
}

static int index_in(const char *const words[], int count, const char *word)
{
	int i;

	for(i = 0; i < count; i++) {
		if(strcmp(words[i], word) == 0)
			return i;
	}
	return -1;
}

static bool take(const char **word, const char *prefix)
{
	const size_t len = strlen(prefix);

	if(strncmp(*word, prefix, len) != 0)
		return false;
	*word += len;
	return true;
}

/* "", ":sequential", ":/10" or ":sequential/10" */
static void read_ring(struct ur_user_rule *rule, const char *how)
{
	static const char *const strategies[] = {
			"simultaneous", "sequential", "specific"};
	const char *slash = strchr(how, '/');
	char name[16];
	int strategy;

	rule->action = UR_RULE_RING;
	take(&how, ":");
	snprintf(name, sizeof(name), "%.*s",
			(int)(slash != NULL ? slash - how : (long)strlen(how)), how);
	strategy = index_in(strategies, 3, name);
	rule->strategy = strategy < 0 ? UR_RING_AS_USER : strategy;
	if(slash != NULL)
		rule->ring_timeout_sec = atoi(slash + 1);
}

/* A condition; false: it is none. */
static bool read_condition(
		char *base, size_t *used, struct ur_user_rule *rule, const char *word)
{
	static const char *const scopes[] = {
			"any", "internal", "external", "anonymous"};
	const int scope = index_in(scopes, 4, word);

	if(scope >= 0) {
		rule->scope = scope;
		return true;
	}
	if(word[0] == 'o' && (word[1] == 'u' || word[1] == 'f'))
		rule->flags |= word[1] == 'u' ? UR_RULE_OUTSIDE : UR_RULE_EXCEPT;
	if(take(&word, "in:") || take(&word, "out:"))
		rule->schedule_id = ur_test_put(base, used, word, strlen(word));
	else if(take(&word, "on:") || take(&word, "off:"))
		rule->caller_list_id = ur_test_put(base, used, word, strlen(word));
	else
		return false;
	return true;
}

static void read_action(
		char *base, size_t *used, struct ur_user_rule *rule, const char *word)
{
	if(take(&word, "ring")) {
		read_ring(rule, word);
		return;
	}
	rule->action = UR_RULE_FORWARD;
	if(take(&word, "reject")) {
		rule->action = UR_RULE_REJECT;
		take(&word, ":");
	}
	if(*word != '\0')
		rule->target = ur_test_put_target(base, used, word);
}

static void read_rule(
		char *base, size_t *used, struct ur_user_rule *rule, char *text)
{
	static const char *const events[] = {
			"always", "dnd", "busy", "noanswer", "unreachable"};
	char *save = NULL;
	char *word = strtok_r(text, " ", &save);
	const int event = index_in(events, UR_RULES_COUNT, word);

	UR_TEST_HOLDS(event >= 0);
	rule->event = event;
	rule->strategy = UR_RING_AS_USER;
	while((word = strtok_r(NULL, " ", &save)) != NULL) {
		if(!read_condition(base, used, rule, word))
			read_action(base, used, rule, word);
	}
}

/* A record has them in the order of their events; those of a test are not sorted. */
void ur_test_rules_write(struct ur_user *user, size_t *used, const char *rules)
{
	struct ur_user_rule *list = (struct ur_user_rule *)ur_user_rules(user);
	char *base = (char *)user;
	char copy[1024], id[8], *save = NULL, *one;
	int count = 0;

	UR_TEST_HOLDS(rules == NULL || strlen(rules) < sizeof(copy));
	snprintf(copy, sizeof(copy), "%s", rules != NULL ? rules : "");
	for(one = strtok_r(copy, ";", &save); one != NULL;
			one = strtok_r(NULL, ";", &save)) {
		struct ur_user_rule *rule = &list[count++];

		snprintf(id, sizeof(id), "r%d", count);
		rule->id = ur_test_put(base, used, id, strlen(id));
		read_rule(base, used, rule, one);
	}
	UR_TEST_HOLDS(count == user->rule_count);
}

/* ---- what they name */

void ur_test_add_schedule(const char *id, const char *known, const char *hours)
{
	struct ur_schedule *schedule = calloc(1, BLOCK);
	char copy[512], *word, *save = NULL;
	size_t used;

	sscanf(known, "%u-%u", &schedule->known_from, &schedule->known_to);
	snprintf(copy, sizeof(copy), "%s", hours);
	for(word = strtok_r(copy, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save)) {
		struct ur_hours *h = &schedule->hours[schedule->hours_count++];

		sscanf(word, "%u-%u", &h->from, &h->to);
	}
	used = sizeof(*schedule)
		   + schedule->hours_count * sizeof(schedule->hours[0]);
	schedule->id = ur_test_put((char *)schedule, &used, id, strlen(id));
	UR_TEST_HOLDS(made.schedule_count < MAX);
	made.schedules[made.schedule_count++] = schedule;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void ur_test_add_caller_list(const char *id, const char *entries)
{
	struct ur_caller_list *list = calloc(1, BLOCK);
	char copy[BLOCK / 2], *words[256], *save = NULL, *word;
	size_t used;
	int i;

	snprintf(copy, sizeof(copy), "%s", entries);
	for(word = strtok_r(copy, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save))
		words[list->entry_count++] = word;
	qsort(words, list->entry_count, sizeof(words[0]), compare);
	used = sizeof(*list) + list->entry_count * sizeof(list->entries[0]);
	for(i = 0; i < list->entry_count; i++)
		list->entries[i] =
				ur_test_put((char *)list, &used, words[i], strlen(words[i]));
	list->id = ur_test_put((char *)list, &used, id, strlen(id));
	UR_TEST_HOLDS(made.list_count < MAX);
	made.lists[made.list_count++] = list;
}

void ur_test_add_account(uint32_t number, const char *country, const char *area,
		const char *cid_number)
{
	struct ur_account *account = calloc(1, 512);
	const int first = (int)strcspn(cid_number, " ");
	size_t used = sizeof(*account) + 2 * sizeof(account->texts[0]);
	char *base = (char *)account;

	account->number = number;
	account->active = 1;
	account->country_code = ur_test_put(base, &used, country, strlen(country));
	account->area_code = ur_test_put(base, &used, area, strlen(area));
	account->international_prefix = ur_test_put(base, &used, "00", 2);
	account->national_prefix = ur_test_put(base, &used, "0", 1);
	account->default_cid_number = ur_test_put(base, &used, cid_number, first);
	account->texts[0] = account->default_cid_number;
	account->number_count = first > 0;
	if(cid_number[first] != '\0')
		account->texts[account->number_count++] = ur_test_put(base, &used,
				cid_number + first + 1, (int)strlen(cid_number) - first - 1);
	UR_TEST_HOLDS(made.account_count < MAX);
	made.accounts[made.account_count++] = account;
}

void ur_test_own_rules_forget(void)
{
	while(made.schedule_count > 0)
		free(made.schedules[--made.schedule_count]);
	while(made.list_count > 0)
		free(made.lists[--made.list_count]);
	while(made.account_count > 0)
		free(made.accounts[--made.account_count]);
}

/* ---- look-ups */

const struct ur_schedule *ur_test_find_schedule(
		void *context, struct ur_text id)
{
	int i;

	(void)context;
	for(i = 0; i < made.schedule_count; i++) {
		const struct ur_schedule *s = made.schedules[i];

		if(ur_text_equal(ur_slice_text(s, s->id), id)) {
			ur_test_world.references++;
			return s;
		}
	}
	return NULL;
}

const struct ur_caller_list *ur_test_find_caller_list(
		void *context, struct ur_text id)
{
	int i;

	(void)context;
	for(i = 0; i < made.list_count; i++) {
		const struct ur_caller_list *l = made.lists[i];

		if(ur_text_equal(ur_slice_text(l, l->id), id)) {
			ur_test_world.references++;
			return l;
		}
	}
	return NULL;
}

const struct ur_account *ur_test_find_account(void *context, uint32_t number)
{
	int i;

	(void)context;
	for(i = 0; i < made.account_count; i++) {
		if(made.accounts[i]->number == number) {
			ur_test_world.references++;
			return made.accounts[i];
		}
	}
	return NULL;
}

void ur_test_put_schedule(const struct ur_schedule *schedule)
{
	UR_TEST_HOLDS(schedule != NULL);
	ur_test_world.references--;
}

void ur_test_put_caller_list(const struct ur_caller_list *list)
{
	UR_TEST_HOLDS(list != NULL);
	ur_test_world.references--;
}

void ur_test_put_account(const struct ur_account *account)
{
	UR_TEST_HOLDS(account != NULL);
	ur_test_world.references--;
}
