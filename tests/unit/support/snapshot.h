/*
 * A table and its snapshot in a temporary folder; no database.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_TEST_SNAPSHOT_H
#define UR_TEST_SNAPSHOT_H

#include <check.h>
#include <sys/stat.h>

#include "mirror/snapshot/snapshot.h"
#include "mirror/snapshot/decode.h"
#include "mirror/snapshot/encode.h"
#include "mirror/snapshot/file.h"
#include "mirror/snapshot/load.h"
#include "mirror/state_update.h"

/* All that a snapshot needs; the interval is 0: a change is due at once. */
struct ur_test_shot
{
	struct ur_table *table;
	struct ur_writer writer;
	struct ur_state *state;
	struct ur_snapshot *snapshot;
	struct ur_skips skips;
	struct ur_snapshot_room room;
};

extern struct ur_test_shot ur_test_shot;

/* Fixtures: the folder with an empty table, as if loaded from a database. */
void ur_test_shot_setup(void);
void ur_test_shot_teardown(void);

/* A file in the folder; the snapshot's is called "snapshot". Good until the next
 * call but one. */
const char *ur_test_shot_path(const char *name);

/* One record of each kind with all that it can have, some with nothing that it
 * need not have. */
void ur_test_shot_fill(void);

/* That many users u0, u1, … with two devices each, in ten accounts. */
void ur_test_shot_crowd(int users);

/* Publishes the user uI with a display name, in the account acc_(I modulo 10). */
void ur_test_shot_user(int i, const char *display_name);

/* Turns until there is nothing to do; how many turns it took. */
int ur_test_shot_write(void);

/* An empty table in the place of the one there is, and the snapshot loaded into
 * it: what ur_snapshot_load() returns. */
int ur_test_shot_reload(char error[256]);

/* All of a file, in a block of just its size that the caller frees. */
uint8_t *ur_test_shot_bytes(const char *name, size_t *size);
void ur_test_shot_put(const char *name, const void *data, size_t size);

/* The file itself, a link if it is one; the test fails when there is none. */
struct stat ur_test_shot_stat(const char *name);
bool ur_test_shot_exists(const char *name);

/* Figures of the table and the status. */
struct ur_table_stats ur_test_shot_stats(void);
struct ur_mirror_report ur_test_shot_report(void);

/* Makes header and checksum fit a file's records after these were changed. */
void ur_test_shot_seal(uint8_t *data, size_t size);

#endif
