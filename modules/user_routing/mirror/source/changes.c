/*
 * Notifications → ids.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "mirror/source/changes.h"

static void ids_clear(struct ur_ids *ids)
{
	size_t i;

	for(i = 0; i < ids->count; i++)
		free(ids->ids[i]);
	free(ids->ids);
	*ids = (struct ur_ids){0};
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void ids_settle(struct ur_ids *ids)
{
	size_t kept = 0;
	size_t i;

	if(ids->count < 2)
		return;
	qsort(ids->ids, ids->count, sizeof(*ids->ids), compare);
	for(i = 1; i < ids->count; i++) {
		if(strcmp(ids->ids[kept], ids->ids[i]) == 0)
			free(ids->ids[i]);
		else
			ids->ids[++kept] = ids->ids[i];
	}
	ids->count = kept + 1;
}

static bool ids_reserve(struct ur_ids *ids)
{
	size_t capacity = ids->capacity > 0 ? 2 * ids->capacity : 16;
	char **grown;

	if(ids->count < ids->capacity)
		return true;
	grown = realloc(ids->ids, capacity * sizeof(*grown));
	if(grown == NULL)
		return false;
	ids->ids = grown;
	ids->capacity = capacity;
	return true;
}

/* Returns false when there is no room: too many, or no memory. */
static bool ids_add(struct ur_ids *ids, const char *s, size_t len)
{
	char *id;

	if(ids->count >= UR_CHANGES_MAX) {
		/* At least half must be free then, or each id that follows would sort all of them. */
		ids_settle(ids);
		if(ids->count > UR_CHANGES_MAX / 2)
			return false;
	}
	id = strndup(s, len);
	if(id == NULL || !ids_reserve(ids)) {
		free(id);
		return false;
	}
	ids->ids[ids->count++] = id;
	return true;
}

static void become_resync(struct ur_changes *changes)
{
	ur_changes_clear(changes);
	changes->resync = true;
}

/* What an item may begin with, and where its id is kept. */
static const struct
{
	const char *kind;
	size_t offset; /* of a struct ur_ids */
} kinds[] = {
		{"user ", offsetof(struct ur_changes, users)},
		{"account ", offsetof(struct ur_changes, accounts)},
		{"extension ", offsetof(struct ur_changes, extensions)},
		{"target ", offsetof(struct ur_changes, targets)},
		{"kind ", offsetof(struct ur_changes, kinds)},
		{"host ", offsetof(struct ur_changes, hosts)},
		{"did ", offsetof(struct ur_changes, dids)},
		{"schedule ", offsetof(struct ur_changes, schedules)},
		{"callers ", offsetof(struct ur_changes, caller_lists)},
		{"ring_group ", offsetof(struct ur_changes, groups)},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct ur_ids *ids_in(
		const struct ur_changes *changes, size_t kind)
{
	return (const struct ur_ids *)((const char *)changes + kinds[kind].offset);
}

static struct ur_ids *ids_of(struct ur_changes *changes, size_t kind)
{
	return (struct ur_ids *)((char *)changes + kinds[kind].offset);
}

static void add_line(struct ur_changes *changes, const char *line, size_t len)
{
	size_t i;

	for(i = 0; i < KINDS; i++) {
		size_t skip = strlen(kinds[i].kind);

		if(len <= skip || memcmp(line, kinds[i].kind, skip) != 0)
			continue;
		if(!ids_add(ids_of(changes, i), line + skip, len - skip))
			become_resync(changes);
		return;
	}
	if(len == strlen("resync") && memcmp(line, "resync", len) == 0)
		become_resync(changes);
}

void ur_changes_add(struct ur_changes *changes, const char *payload)
{
	while(*payload != '\0' && !changes->resync) {
		size_t len = strcspn(payload, "\n");

		add_line(changes, payload, len);
		payload += len + (payload[len] == '\n');
	}
}

void ur_changes_settle(struct ur_changes *changes)
{
	size_t i;

	for(i = 0; i < KINDS; i++)
		ids_settle(ids_of(changes, i));
}

size_t ur_changes_count(const struct ur_changes *changes)
{
	size_t count = 0;
	size_t i;

	for(i = 0; i < KINDS; i++)
		count += ids_in(changes, i)->count;
	return count;
}

bool ur_changes_is_empty(const struct ur_changes *changes)
{
	return !changes->resync && ur_changes_count(changes) == 0;
}

void ur_changes_clear(struct ur_changes *changes)
{
	size_t i;

	for(i = 0; i < KINDS; i++)
		ids_clear(ids_of(changes, i));
	changes->resync = false;
}

/* Appends the id as an element in quotes. */
static char *put_element(char *out, const char *id)
{
	*out++ = '"';
	for(; *id != '\0'; id++) {
		if(*id == '"' || *id == '\\')
			*out++ = '\\';
		*out++ = *id;
	}
	*out++ = '"';
	return out;
}

char *ur_changes_array(const struct ur_ids *ids, size_t first, size_t count)
{
	size_t size = sizeof("{}");
	char *array;
	char *out;
	size_t i;

	if(count > ids->count - first)
		count = ids->count - first;
	for(i = first; i < first + count; i++)
		size += 2 * strlen(ids->ids[i]) + sizeof("\"\",");
	out = array = malloc(size);
	if(array == NULL)
		return NULL;
	*out++ = '{';
	for(i = first; i < first + count; i++) {
		if(i > first)
			*out++ = ',';
		out = put_element(out, ids->ids[i]);
	}
	*out++ = '}';
	*out = '\0';
	return array;
}
