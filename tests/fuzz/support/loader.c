/*
 * A mirror of the database that is a piece of text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/loader.h"

#include "support/input.h"
#include "support/port.h"

void ur_fuzz_mirror_begin(struct ur_fuzz_mirror *mirror)
{
	memset(&mirror->skips, 0, sizeof(mirror->skips));
	UR_FUZZ_ASSERT(ur_table_alloc(&mirror->table) == 0);
	ur_writer_init(&mirror->writer, mirror->table);
	UR_FUZZ_ASSERT(
			ur_load_alloc(&mirror->load, NULL, &mirror->writer, &mirror->skips)
			== 0);
}

/* The rows that are in the table, and those that were left out, are all there are. */
static void audit(struct ur_fuzz_mirror *mirror)
{
	int type;

	for(type = 0; type < UR_RECORD_TYPES; type++) {
		enum ur_load_comparison result;
		struct ur_sum difference;

		UR_FUZZ_ASSERT(
				ur_load_compare(mirror->load, NULL, type, &result, &difference)
				== 0);
		UR_FUZZ_ASSERT(result != UR_LOAD_DIFFERENT);
	}
}

void ur_fuzz_mirror_load(struct ur_fuzz_mirror *mirror)
{
	UR_FUZZ_ASSERT(ur_load_all(mirror->load, NULL) == 0);
	audit(mirror);
}

void ur_fuzz_mirror_renew(struct ur_fuzz_mirror *mirror)
{
	UR_FUZZ_ASSERT(ur_load_hours(mirror->load, NULL) == 0);
	audit(mirror);
}

void ur_fuzz_mirror_change(
		struct ur_fuzz_mirror *mirror, const struct ur_changes *changes)
{
	UR_FUZZ_ASSERT(ur_load_changes(mirror->load, changes) == 0);
	audit(mirror);
}

void ur_fuzz_mirror_end(struct ur_fuzz_mirror *mirror)
{
	ur_load_free(mirror->load);
	ur_writer_exit(&mirror->writer);
	ur_table_free(mirror->table);
	UR_FUZZ_ASSERT(ur_test_port_blocks() == 0);
	ur_test_log_clear();
}
