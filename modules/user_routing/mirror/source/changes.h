/*
 * What the database said has changed: the items of its notifications, gathered
 * and without repetitions.
 *
 * A payload is lines of items, "user ID", "account ID", "extension ID",
 * "target ACCOUNT KIND ID", "kind KIND" and "host HOST" among them, or "resync"; lines
 * of other kinds are for modules that know them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_SOURCE_CHANGES_H
#define UR_MIRROR_SOURCE_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

enum
{
	/* More distinct ids than that are read faster as a whole. */
	UR_CHANGES_MAX = 20000,
};

/* Ids, each its own copy. */
struct ur_ids
{
	char **ids;
	size_t count;
	size_t capacity;
};

/* All zero bytes: none. */
struct ur_changes
{
	bool resync; /* everything may have changed; the ids don't matter then */
	struct ur_ids accounts;
	struct ur_ids users;
	struct ur_ids extensions;
	struct ur_ids targets; /* "ACCOUNT KIND ID" */
	struct ur_ids kinds;
	struct ur_ids hosts; /* of target_host */
};

/* Adds what a payload names. Without memory for it, it becomes a resync. */
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
