/*
 * Notifications: what the payloads name, and the array literal to query it by.
 *
 * The input is payloads, separated by NUL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "mirror/source/changes.h"
#include "support/array.h"
#include "support/input.h"

static const struct
{
	const char *kind;
	size_t offset; /* of a struct ur_ids */
} kinds[] = {
		{"account", offsetof(struct ur_changes, accounts)},
		{"user", offsetof(struct ur_changes, users)},
		{"extension", offsetof(struct ur_changes, extensions)},
		{"target", offsetof(struct ur_changes, targets)},
		{"kind", offsetof(struct ur_changes, kinds)},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct ur_ids *ids_of(const struct ur_changes *changes, size_t i)
{
	return (const struct ur_ids *)((const char *)changes + kinds[i].offset);
}

/* Is there a line "KIND ID" in one of the payloads? */
static bool is_named(
		const char *text, size_t size, const char *kind, const char *id)
{
	const size_t len = strlen(kind) + 1 + strlen(id);
	size_t i;

	for(i = 0; i + len <= size; i++) {
		if((i == 0 || text[i - 1] == '\n' || text[i - 1] == '\0')
				&& (text[i + len] == '\n' || text[i + len] == '\0')
				&& memcmp(text + i, kind, strlen(kind)) == 0
				&& text[i + strlen(kind)] == ' '
				&& memcmp(text + i + strlen(kind) + 1, id, strlen(id)) == 0)
			return true;
	}
	return false;
}

/* True: the line names something of the kind. *known: that is among the ids. */
static bool names(const char *line, size_t len, size_t i,
		const struct ur_changes *changes, bool *known)
{
	const size_t skip = strlen(kinds[i].kind) + 1;
	const struct ur_ids *ids = ids_of(changes, i);
	size_t k;

	if(len <= skip || memcmp(line, kinds[i].kind, skip - 1) != 0
			|| line[skip - 1] != ' ')
		return false;
	*known = false;
	for(k = 0; k < ids->count; k++)
		*known |= strlen(ids->ids[k]) == len - skip
				  && memcmp(ids->ids[k], line + skip, len - skip) == 0;
	return true;
}

/* Every line has got where it belongs. *resync: one said so. */
static void check_lines(const struct ur_changes *changes, const char *text,
		size_t size, bool *resync)
{
	const char *end = text + size;

	while(text < end) {
		const size_t len = strcspn(text, "\n");
		bool known = true;
		size_t i;

		for(i = 0; i < KINDS && !changes->resync; i++) {
			if(names(text, len, i, changes, &known))
				UR_FUZZ_ASSERT(known);
		}
		*resync |= len == 6 && memcmp(text, "resync", 6) == 0;
		text += len + 1;
	}
}

struct next
{
	const struct ur_ids *ids;
	size_t at;
};

static void compare(void *context, const char *text)
{
	struct next *next = context;

	UR_FUZZ_ASSERT(strcmp(next->ids->ids[next->at++], text) == 0);
}

/* Sorted, each once, and all of them come back out of the literals. */
static void check_ids(const struct ur_ids *ids, const char *text, size_t size,
		const char *kind)
{
	struct next next = {ids, 0};
	size_t i;

	for(i = 0; i < ids->count; i++) {
		UR_FUZZ_ASSERT(is_named(text, size, kind, ids->ids[i]));
		if(i > 0)
			UR_FUZZ_ASSERT(strcmp(ids->ids[i - 1], ids->ids[i]) < 0);
	}
	for(i = 0; i < ids->count; i += 3) {
		char *literal = ur_changes_array(ids, i, 3);

		ur_fuzz_array(literal, compare, &next);
		free(literal);
	}
	UR_FUZZ_ASSERT(next.at == ids->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	struct ur_changes changes = {0};
	bool resync = false;
	size_t i;

	if(size > 0)
		memcpy(text, data, size);
	for(i = 0; i <= size; i += strlen(text + i) + 1)
		ur_changes_add(&changes, text + i);
	ur_changes_settle(&changes);
	for(i = 0; i <= size; i += strlen(text + i) + 1)
		check_lines(&changes, text + i, strlen(text + i), &resync);
	UR_FUZZ_ASSERT(changes.resync == resync);
	UR_FUZZ_ASSERT(!resync || ur_changes_count(&changes) == 0);
	for(i = 0; i < KINDS; i++)
		check_ids(ids_of(&changes, i), text, size, kinds[i].kind);
	ur_changes_clear(&changes);
	UR_FUZZ_ASSERT(ur_changes_is_empty(&changes));
	free(text);
	return 0;
}
