/*
 * Snapshots with a fault: of the disk, the folder, the file, or without memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/heap.h"
#include "support/port.h"
#include "support/snapshot.h"
#include "support/suite.h"

enum
{
	CROWD = 10000,
};

static char error[256];

START_TEST(full_disk_leaves_the_old_one)
{
	struct rlimit limit = {1 << 18, RLIM_INFINITY};
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
	ino_t first;

	signal(SIGXFSZ, SIG_IGN);
	ur_test_shot_fill();
	ur_test_shot_write();
	first = ur_test_shot_stat("snapshot").st_ino;
	ur_test_shot_crowd(CROWD);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ur_test_shot_write();
	ur_test_shot_write();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_uint_eq(ur_test_shot_stat("snapshot").st_ino, first);
	ck_assert(!ur_test_shot_exists("snapshot.part"));
	ck_assert_int_eq(ur_test_log_count("is not written: can't write to it"), 1);
	ck_assert_str_eq(ur_test_shot_report().snapshot_error,
			"can't write to it: File too large");
	ur_test_shot_write();
	ck_assert_int_eq(ur_test_log_count("snapshot is written"), 2);
	ck_assert_str_eq(ur_test_shot_report().snapshot_error, "");
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert_uint_eq(ur_test_shot_stats().users, CROWD + 2);
}
END_TEST

START_TEST(folder_is_gone)
{
	struct ur_mirror_config config = {
			.snapshot_file = ur_test_shot_path("no/snapshot")};
	struct ur_snapshot *snapshot;

	ck_assert_int_eq(ur_snapshot_alloc(&snapshot, ur_test_shot.table,
							 ur_test_shot.state, &config),
			0);
	ck_assert(!ur_snapshot_serve(
			snapshot, &ur_test_shot.writer, &ur_test_shot.skips));
	ck_assert_int_eq(ur_test_log_count("no snapshot can be written"), 1);
	ck_assert_int_eq(ur_test_log_count("there is no snapshot"), 1);
	ck_assert(!ur_snapshot_turn(snapshot));
	ck_assert_int_eq(
			ur_test_log_count("can't create it: No such file or directory"), 1);
	ur_snapshot_free(snapshot);
}
END_TEST

#define ck_refused(reason)                                                  \
	do {                                                                    \
		ck_assert_int_ne(ur_test_shot_reload(error), 0);                    \
		ck_assert_msg(strstr(error, reason) != NULL, "'%s' is not in '%s'", \
				reason, error);                                             \
		ck_assert_uint_eq(                                                  \
				ur_test_shot_stats().users + ur_test_shot_stats().accounts, \
				0);                                                         \
	} while(0)

START_TEST(files_that_are_refused)
{
	const char *path = ur_test_shot_path("snapshot");

	ur_test_shot_fill();
	ur_test_shot_write();
	ck_assert_int_eq(chmod(path, 0620), 0);
	ck_refused("may be written by others");
	ck_assert_int_eq(chmod(path, 0600), 0);
	if(geteuid() == 0) {
		ck_assert_int_eq(chown(path, 65534, 0), 0);
		ck_refused("belongs to another user");
		ck_assert_int_eq(chown(path, 0, 0), 0);
	}
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert_int_eq(truncate(path, 100), 0);
	ck_refused("is truncated");
	ur_test_shot_put("snapshot", "", 0);
	ck_refused("is truncated");
	ur_test_shot_put("snapshot", "#!KAMAILIO", 10);
	ck_refused("of another kind");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_refused("is not a regular file");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_refused("is not a regular file");
}
END_TEST

/* The last byte is bad: nothing of what is before it is published. */
START_TEST(damaged_is_not_loaded_by_half)
{
	size_t size;
	uint8_t *data;

	ur_test_shot_crowd(CROWD);
	ur_test_shot_write();
	data = ur_test_shot_bytes("snapshot", &size);
	data[size - 1] ^= 1;
	ur_test_shot_put("snapshot", data, size);
	free(data);
	ck_refused("is damaged");
}
END_TEST

/* ---- out of memory */

static void write_without_memory(void)
{
	struct ur_mirror_config config = {
			.snapshot_file = ur_test_shot_path("other")};
	struct ur_snapshot *snapshot = NULL;
	int err = ur_snapshot_alloc(
			&snapshot, ur_test_shot.table, ur_test_shot.state, &config);

	while(err == 0 && ur_snapshot_turn(snapshot))
		;
	ur_test_heap_arm(false);
	ck_assert_int_eq(err, snapshot != NULL ? 0 : ENOMEM);
	ur_snapshot_free(snapshot);
}

static void load_without_memory(void)
{
	struct ur_snapshot_header header;
	int err = ur_snapshot_load(ur_test_shot_path("snapshot"), NULL,
			&ur_test_shot.writer, &ur_test_shot.skips, &header, error);

	ur_test_heap_arm(false);
	if(err != 0)
		ck_assert_str_eq(error, "can't be read: Cannot allocate memory");
	ck_assert_int_eq(err, ur_test_heap_failed() ? ENOMEM : 0);
}

START_TEST(no_private_memory)
{
	ur_test_shot_fill();
	ur_test_shot_write();
	UR_TEST_HEAP_OOM(write_without_memory());
	UR_TEST_HEAP_OOM(load_without_memory());
	ck_assert_int_eq(
			ur_test_log_count("can't note the accounts of it: Cannot allocate"),
			1);
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert_uint_eq(ur_test_shot_stats().users, 2);
}
END_TEST

START_TEST(no_shared_memory)
{
	ur_test_shot_fill();
	ur_test_shot_write();
	ur_test_port_fail_at(2 + 4);
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert(ur_test_port_failed());
	ck_assert_uint_gt(ur_test_shot.skips.total, 0);
	ck_assert_int_ge(ur_test_log_count("no shared memory is left for it"), 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {full_disk_leaves_the_old_one, folder_is_gone,
			files_that_are_refused, damaged_is_not_loaded_by_half,
			no_shared_memory,
			ur_test_heap_is_wrapped() ? no_private_memory : NULL, NULL};
	const struct ur_test_suite suite = {.name = "snapshot_faults",
			.setup = ur_test_shot_setup,
			.teardown = ur_test_shot_teardown};

	return ur_test_suite_run(&suite, tests);
}
