/*
 * What has changed: the items of the database's notifications, gathered and without repetitions.
 *
 * A payload is lines of items: "user ID", "account ID", "extension ID", "target ACCOUNT KIND ID",
 * "kind KIND", "host HOST", "did E164", "schedule ID", "callers ID" of a caller list, "ring_group ID", or
 * "resync".
 * Lines of other kinds are ignored: they are for other versions of the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_CHANGES_H
#define UR_MIRROR_SOURCE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

enum
{
	/* With more distinct ids a full load is faster. */
	UR_CHANGES_MAX = 20000,
};

/* Ids; each is a copy. */
struct ur_ids
{
	char **ids;
	size_t count;
	size_t capacity;
};

/* All zero bytes: none. */
struct ur_changes
{
	bool resync; /* everything may have changed; the ids are empty then */
	struct ur_ids accounts;
	struct ur_ids users;
	struct ur_ids extensions;
	struct ur_ids targets; /* "ACCOUNT KIND ID" */
	struct ur_ids kinds;
	struct ur_ids hosts; /* of target_host */
	struct ur_ids dids;
	struct ur_ids schedules;
	struct ur_ids caller_lists;
	struct ur_ids groups;
};

/* Adds the items of a payload. Without memory for them they become a resync. */
void ur_changes_add(struct ur_changes *changes, const char *payload);

/* Drops repeated ids. */
void ur_changes_settle(struct ur_changes *changes);

bool ur_changes_is_empty(const struct ur_changes *changes);

/* How many ids there are. */
size_t ur_changes_count(const struct ur_changes *changes);

void ur_changes_clear(struct ur_changes *changes);

/* The ids from first on, at most count, as the literal of a text[] that the
 * caller frees; NULL when there is no memory. */
char *ur_changes_array(const struct ur_ids *ids, size_t first, size_t count);

#endif
