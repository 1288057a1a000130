/*
 * Ring groups for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

#define MAX_GROUPS 48
#define BLOCK 8192

static struct
{
	struct ur_group *groups[MAX_GROUPS];
	int count;
} made;

/* ---- a group's text */

static int strategy_of(const char *word)
{
	static const char *const words[] = {
			[UR_GROUP_SIMULTANEOUS] = "simultaneous",
			[UR_GROUP_SEQUENTIAL] = "sequential",
			[UR_GROUP_RANDOM] = "random",
			[UR_GROUP_ROUND_ROBIN] = "round_robin"};
	int i;

	for(i = 0; i < 4; i++) {
		if(strncmp(words[i], word, strlen(words[i])) == 0)
			return i;
	}
	ck_abort_msg("no strategy: %s", word);
	return -1;
}

static int number_after(const char *word, char mark)
{
	const char *found = strchr(word, mark);

	return found != NULL ? atoi(found + 1) : 0;
}

static void read_option(struct ur_group *group, size_t *used, const char *word)
{
	char *base = (char *)group;

	if(strcmp(word, "follow") == 0)
		group->flags |= UR_GROUP_FOLLOW;
	else if(strcmp(word, "skip_busy") == 0)
		group->flags |= UR_GROUP_SKIP_BUSY;
	else if(strcmp(word, "no_missed") == 0)
		group->flags |= UR_GROUP_NO_MISSED;
	else if(strncmp(word, "account:", 8) == 0)
		group->account = atoi(word + 8);
	else if(strncmp(word, "busy:", 5) == 0)
		group->forward_busy = ur_test_put_target(base, used, word + 5);
	else if(strncmp(word, "noanswer:", 9) == 0)
		group->forward_no_answer = ur_test_put_target(base, used, word + 9);
	else
		ck_abort_msg("no option: %s", word);
}

/* "b.1": the user is b, and the device b1. */
static void put_device(char *base, size_t *used, struct ur_group_member *member,
		const char *name, int len)
{
	const char *dot = memchr(name, '.', len);
	char id[32];
	int id_len;

	member->kind = UR_GROUP_DEVICE;
	member->user_id = ur_test_put(base, used, name, (int)(dot - name));
	id_len = snprintf(id, sizeof(id), "%.*s%.*s", (int)(dot - name), name,
			(int)(name + len - dot - 1), dot + 1);
	member->id = ur_test_put(base, used, id, id_len);
}

static void read_member(char *base, size_t *used,
		struct ur_group_member *member, const char *word)
{
	int len;

	member->is_enabled = *word != '-';
	word += *word == '-';
	member->ring_delay_sec = number_after(word, '+');
	member->ring_for_sec = number_after(word, '/');
	member->kind = *word == '#'	  ? UR_GROUP_NUMBER
				   : *word == '*' ? UR_GROUP_GROUP
								  : UR_GROUP_USER;
	word += member->kind != UR_GROUP_USER;
	len = (int)strcspn(word, "+/");
	if(memchr(word, '.', len) != NULL)
		put_device(base, used, member, word, len);
	else
		member->id = ur_test_put(base, used, word, len);
}

static int count_members(const char *text)
{
	int count = 0;

	for(; *text != '\0'; text++)
		count += *text != ' ' && (text[1] == ' ' || text[1] == '\0');
	return count;
}

static void read_members(struct ur_group *group, size_t *used, char *text)
{
	char *word, *save = NULL;

	for(word = strtok_r(text, " ", &save); word != NULL;
			word = strtok_r(NULL, " ", &save))
		read_member((char *)group, used, &group->members[group->member_count++],
				word);
}

static void read_head(struct ur_group *group, size_t *used, char *text)
{
	char *save = NULL;
	const char *word = strtok_r(text, " ", &save);

	group->id = ur_test_put((char *)group, used, word, strlen(word));
	word = strtok_r(NULL, " ", &save);
	group->strategy = strategy_of(word);
	group->ring_timeout_sec =
			strchr(word, '/') != NULL ? number_after(word, '/') : 25;
	while((word = strtok_r(NULL, " ", &save)) != NULL)
		read_option(group, used, word);
}

void ur_test_add_group(const char *text)
{
	struct ur_group *group = calloc(1, BLOCK);
	char *copy = strdup(text);
	char *members = strchr(copy, '=');
	size_t used;

	ck_assert_ptr_nonnull(members);
	*members++ = '\0';
	used = sizeof(*group) + count_members(members) * sizeof(group->members[0]);
	read_head(group, &used, copy);
	read_members(group, &used, members);
	ck_assert_uint_le(used, BLOCK);
	free(copy);
	ck_assert_int_lt(made.count, MAX_GROUPS);
	made.groups[made.count++] = group;
}

void ur_test_add_groups(const char *groups)
{
	char *copy, *text, *next;

	if(groups == NULL)
		return;
	copy = strdup(groups);
	for(text = copy; text != NULL && *text != '\0'; text = next) {
		next = strstr(text, "; ");
		if(next != NULL) {
			*next = '\0';
			next += 2;
		}
		ur_test_add_group(text);
	}
	free(copy);
}

void ur_test_groups_forget(void)
{
	while(made.count > 0)
		free(made.groups[--made.count]);
}

/* ---- the directory */

const struct ur_group *ur_test_find_group(void *context, struct ur_text id)
{
	int i;

	(void)context;
	for(i = 0; i < made.count; i++) {
		const struct ur_group *group = made.groups[i];

		if(ur_text_equal(ur_slice_text(group, group->id), id)) {
			ur_test_world.references++;
			return group;
		}
	}
	return NULL;
}

void ur_test_put_group(const struct ur_group *group)
{
	UR_TEST_HOLDS(group != NULL);
	ur_test_world.references--;
}

void ur_test_ref_group(const struct ur_group *group)
{
	UR_TEST_HOLDS(group != NULL);
	ur_test_world.references++;
}

uint32_t ur_test_turn(void *context, const struct ur_group *group)
{
	(void)context;
	(void)group;
	return ur_test_world.turns++;
}

uint32_t ur_test_next_turn(void *context, const struct ur_group *group)
{
	(void)context;
	(void)group;
	return ur_test_world.turns;
}

void *ur_test_allocate(size_t size)
{
	if(ur_test_world.is_out_of_memory)
		return NULL;
	ur_test_world.references++;
	return malloc(size);
}

void ur_test_release(void *block)
{
	UR_TEST_HOLDS(block != NULL);
	ur_test_world.references--;
	free(block);
}
