/*
 * The snapshot file: when and how it is written, and what it contains if the table changes
 * meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/lookup.h"
#include "support/port.h"
#include "support/sample.h"
#include "support/snapshot.h"
#include "support/suite.h"

enum
{
	CROWD = 10000,
};

static char error[256];

static void remove_user(const char *id)
{
	struct ur_key key = {UR_KEY_USER_ID, 0, ur_test_text(id)};

	ur_writer_begin(&ur_test_shot.writer);
	ur_writer_remove_unseen(&ur_test_shot.writer, &key);
	ur_writer_commit(&ur_test_shot.writer);
}

/* ---- the file */

static struct ur_snapshot_file file;

static void write_file(size_t size)
{
	struct ur_snapshot_header header = {0};
	size_t done;

	ck_assert_int_eq(ur_snapshot_file_begin(&file), 0);
	for(done = 0; done < size; done += UR_SNAPSHOT_RECORD_MAX) {
		memset(ur_snapshot_file_room(&file), 0, UR_SNAPSHOT_RECORD_MAX);
		ck_assert_int_eq(
				ur_snapshot_file_add(&file, UR_SNAPSHOT_RECORD_MAX), 0);
	}
	ck_assert_int_eq(ur_snapshot_file_end(&file, &header), 0);
	while(!ur_snapshot_file_flush(&file))
		;
	ck_assert_int_eq(ur_snapshot_file_sync(&file), 0);
	ck_assert_int_eq(ur_snapshot_file_publish(&file), 0);
}

/* In how many pieces the file was freed in whose place it was written. */
static int free_old(void)
{
	int pieces = 1;

	while(!ur_snapshot_file_free_old(&file))
		pieces++;
	ck_assert_int_eq(file.old_fd, -1);
	return pieces;
}

START_TEST(the_old_one_is_freed_in_pieces)
{
	const size_t size = 40 << 20;
	struct stat st;
	int reader;

	ur_snapshot_file_init(&file, ur_test_shot_path("snapshot"));
	write_file(size);
	ck_assert_int_eq(free_old(), 1); /* there was none */
	write_file(size);
	ck_assert_int_eq(free_old(), 3);
	/* Unless somebody has it by another name, or open. */
	ck_assert_int_eq(link(file.path, ur_test_shot_path("kept")), 0);
	write_file(size);
	ck_assert_int_eq(free_old(), 1);
	ck_assert_int_ge(ur_test_shot_stat("kept").st_size, (off_t)size);
	reader = open(file.path, O_RDONLY);
	write_file(0);
	ck_assert_int_eq(free_old(), 1);
	ck_assert_int_eq(fstat(reader, &st), 0);
	ck_assert_int_ge(st.st_size, (off_t)size);
	close(reader);
}
END_TEST

/* ---- writing */

static uint32_t account_of_group(const char *id)
{
	const struct ur_group *group =
			ur_table_group_by_id(ur_test_shot.table, ur_test_text(id));
	const uint32_t number = group != NULL ? group->account : 0;

	ur_table_group_put(group);
	return number;
}

START_TEST(loaded_again_all_is_found)
{
	uint32_t number;

	ur_test_shot_fill();
	ur_test_shot_write();
	ck_assert_msg(ur_test_shot_reload(error) == 0, "%s", error);
	ck_assert_uint_eq(ur_test_shot.skips.total, 0);
	ck_assert_uint_eq(ur_test_shot_stats().users, 2);
	ck_assert_uint_eq(ur_test_shot_stats().devices, 6);
	ck_assert_uint_eq(ur_test_shot_stats().accounts, 2);
	ck_assert_uint_eq(ur_test_shot_stats().extensions, 2);
	ck_assert_uint_eq(ur_test_shot_stats().targets, 2);
	ck_assert_uint_eq(ur_test_shot_stats().rules, 2);
	ck_assert_uint_eq(ur_test_shot_stats().schedules, 2);
	ck_assert_uint_eq(ur_test_shot_stats().caller_lists, 2);
	ck_assert_uint_eq(ur_test_shot_stats().groups, 2);
	ck_assert_uint_eq(ur_test_shot_stats().hours_until, 29080000);
	number = ur_test_account_number(ur_test_shot.table, "acme.test");
	ck_assert_str_eq(
			ur_test_by_name(ur_test_shot.table, number, "1001"), "us_1");
	ck_assert_str_eq(ur_test_by_device(ur_test_shot.table, "s@ft"), "us_1");
	ck_assert_uint_eq(account_of_group("grp_1"), number);
	ck_assert_uint_eq(account_of_group("grp_2"),
			ur_writer_account(&ur_test_shot.writer, UR_TEXT("acc_2")));
}
END_TEST

/* The database dies in the midst of a load: what was read stays, beside what it replaces. */
START_TEST(what_was_replaced_is_not_written)
{
	uint32_t number;

	ur_test_shot_fill();
	number = ur_writer_account(&ur_test_shot.writer, UR_TEXT("acc_1"));
	ck_assert_int_eq(ur_test_publish_user(&ur_test_shot.writer, number, "us_1",
							 "1009", "laptop"),
			0);
	ck_assert_str_eq(
			ur_test_by_name(ur_test_shot.table, number, "1001"), "us_1");
	ur_test_shot_write();
	ck_assert_msg(ur_test_shot_reload(error) == 0, "%s", error);
	number = ur_test_account_number(ur_test_shot.table, "acme.test");
	ck_assert_str_eq(
			ur_test_by_name(ur_test_shot.table, number, "1009"), "us_1");
	ck_assert_str_eq(ur_test_by_name(ur_test_shot.table, number, "1001"), "");
	ck_assert_str_eq(ur_test_by_device(ur_test_shot.table, "desk"), "");
}
END_TEST

START_TEST(nobody_else_may_read_it)
{
	mode_t mask = umask(0);

	ur_test_shot_fill();
	ck_assert(ur_snapshot_turn(ur_test_shot.snapshot));
	ck_assert_uint_eq(
			ur_test_shot_stat("snapshot.part").st_mode, S_IFREG | 0600);
	ck_assert(!ur_test_shot_exists("snapshot"));
	ur_test_shot_write();
	umask(mask);
	ck_assert_uint_eq(ur_test_shot_stat("snapshot").st_mode, S_IFREG | 0600);
	ck_assert(!ur_test_shot_exists("snapshot.part"));
	ck_assert_int_ge(ur_test_shot_report().snapshot_written, time(NULL) - 10);
}
END_TEST

/* Where it is going to be written somebody has put a link to what is dear to
 * us. */
START_TEST(links_are_not_followed)
{
	ur_test_shot_put("dear", "dear", 4);
	ck_assert_int_eq(symlink(ur_test_shot_path("dear"),
							 ur_test_shot_path("snapshot.part")),
			0);
	ck_assert_int_eq(
			symlink(ur_test_shot_path("dear"), ur_test_shot_path("snapshot")),
			0);
	ur_test_shot_fill();
	ur_test_shot_write();
	ck_assert_int_eq(ur_test_shot_stat("dear").st_size, 4);
	ck_assert_uint_eq(ur_test_shot_stat("snapshot").st_mode, S_IFREG | 0600);
}
END_TEST

START_TEST(only_changes_are_written)
{
	ino_t first;

	ur_test_shot_fill();
	ck_assert_int_gt(ur_test_shot_write(), 1);
	first = ur_test_shot_stat("snapshot").st_ino;
	ck_assert_int_eq(ur_test_shot_write(), 1);
	ur_test_shot_fill(); /* the same again */
	ck_assert_int_eq(ur_test_shot_write(), 1);
	ck_assert_uint_eq(ur_test_shot_stat("snapshot").st_ino, first);
	remove_user("us_1");
	ck_assert_int_gt(ur_test_shot_write(), 1);
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert_uint_eq(ur_test_shot_stats().users, 1);
}
END_TEST

/* What came from a snapshot, or is not there yet, is none to write. */
START_TEST(only_the_database_is_written)
{
	ur_test_shot_fill();
	ur_state_set_source(ur_test_shot.state, UR_SOURCE_SNAPSHOT);
	ck_assert_int_eq(ur_test_shot_write(), 1);
	ur_state_set_source(ur_test_shot.state, UR_SOURCE_NONE);
	ck_assert_int_eq(ur_test_shot_write(), 1);
	ck_assert(!ur_test_shot_exists("snapshot"));
}
END_TEST

START_TEST(interval_passes_first)
{
	struct ur_mirror_config config = {
			.snapshot_file = ur_test_shot_path("snapshot"),
			.snapshot_interval = 1};

	ur_snapshot_free(ur_test_shot.snapshot);
	ck_assert_int_eq(ur_snapshot_alloc(&ur_test_shot.snapshot,
							 ur_test_shot.table, ur_test_shot.state, &config),
			0);
	ur_test_shot_fill();
	ck_assert_int_gt(ur_test_shot_write(), 1);
	remove_user("us_1");
	ck_assert_int_eq(ur_test_shot_write(), 1);
	usleep(1010 * 1000);
	ck_assert_int_gt(ur_test_shot_write(), 1);
}
END_TEST

START_TEST(empty_table_is_a_snapshot_too)
{
	ck_assert_int_gt(ur_test_shot_write(), 1);
	ck_assert_int_eq(
			ur_test_shot_stat("snapshot").st_size, UR_SNAPSHOT_HEADER_SIZE);
	ck_assert_int_eq(ur_test_shot_reload(error), 0);
	ck_assert_uint_eq(ur_test_shot_stats().users, 0);
}
END_TEST

START_TEST(many_blocks)
{
	ur_test_shot_crowd(CROWD);
	ck_assert_int_gt(ur_test_shot_write(), 5);
	ck_assert_int_gt(
			ur_test_shot_stat("snapshot").st_size, 10 * UR_SNAPSHOT_BLOCK);
	ck_assert_msg(ur_test_shot_reload(error) == 0, "%s", error);
	ck_assert_uint_eq(ur_test_shot_stats().users, CROWD);
	ck_assert_uint_eq(ur_test_shot_stats().devices, 2 * CROWD);
	ck_assert_str_eq(ur_test_by_id(ur_test_shot.table, "u9999"), "u9999");
	ck_assert_str_eq(ur_test_by_device(ur_test_shot.table, "77-soft"), "u77");
}
END_TEST

/* ---- changes while it is written */

/* Between two slices: every third user is changed, some go, some come, with an
 * account that was not there before. */
static void change_some(int turn)
{
	char id[16];
	int i;

	for(i = turn % 3; i < CROWD; i += 97) {
		ur_writer_begin(&ur_test_shot.writer);
		ur_test_shot_user(i, turn % 2 ? "Another name" : "And another");
		ur_writer_commit(&ur_test_shot.writer);
	}
	snprintf(id, sizeof(id), "u%d", 3 * turn + 1);
	remove_user(id);
	ck_assert_int_eq(
			ur_test_publish_account(&ur_test_shot.writer,
					ur_writer_new_account(&ur_test_shot.writer), id, ""),
			0);
	for(i = 0; i < 50; i++) {
		char name[32];

		snprintf(name, sizeof(name), "new_%d_%d", turn, i);
		ck_assert_int_eq(ur_test_publish_user(&ur_test_shot.writer,
								 ur_writer_account(&ur_test_shot.writer,
										 ur_test_text(id)),
								 name, name, name),
				0);
	}
}

/* How often each of the users from the beginning is in the file. */
static void count_users(unsigned char seen[CROWD])
{
	size_t size;
	uint8_t *data = ur_test_shot_bytes("snapshot", &size);
	struct ur_snapshot_reader reader = ur_snapshot_decode_begin(data, size);
	struct ur_snapshot_room *room = &ur_test_shot.room;

	while(ur_snapshot_decode_next(&reader, room)) {
		if(room->row.type == UR_RECORD_USER && room->row.id.s[0] == 'u')
			seen[strtol(room->row.id.s + 1, NULL, 10)]++;
	}
	free(data);
}

START_TEST(changes_while_it_is_written)
{
	static unsigned char seen[CROWD];
	int missing = 0;
	int turn = 0;
	int i;

	ur_test_shot_crowd(CROWD);
	while(ur_snapshot_turn(ur_test_shot.snapshot))
		change_some(turn++);
	ck_assert_int_gt(turn, 5);
	count_users(seen);
	for(i = 0; i < CROWD; i++) {
		ck_assert_msg(seen[i] <= 1, "u%d is in it %d times", i, seen[i]);
		if(seen[i] == 0) {
			missing++;
			ck_assert_int_eq(i % 3, 1);
			ck_assert_int_lt(i, 3 * turn + 1);
		}
	}
	ck_assert_int_lt(missing, turn);
	/* the accounts of all that is in it are in it */
	ck_assert_msg(ur_test_shot_reload(error) == 0, "%s", error);
	ck_assert_uint_eq(ur_test_shot.skips.total, 0);
}
END_TEST

START_TEST(path_must_be_one)
{
	static const char *const wrong[] = {"", "snapshot", "./x", "/var/lib/"};
	char longest[PATH_MAX];
	size_t i;

	for(i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_ptr_nonnull(ur_snapshot_file_wrong_path(wrong[i]));
	ck_assert_ptr_null(ur_snapshot_file_wrong_path("/snapshot"));
	memset(longest, '/', sizeof(longest));
	longest[PATH_MAX - 1] = '\0';
	longest[PATH_MAX - 2] = 'x';
	ck_assert_ptr_nonnull(ur_snapshot_file_wrong_path(longest));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {the_old_one_is_freed_in_pieces,
			loaded_again_all_is_found, what_was_replaced_is_not_written,
			nobody_else_may_read_it, links_are_not_followed,
			only_changes_are_written, only_the_database_is_written,
			interval_passes_first, empty_table_is_a_snapshot_too, many_blocks,
			changes_while_it_is_written, path_must_be_one, NULL};
	const struct ur_test_suite suite = {.name = "snapshot",
			.setup = ur_test_shot_setup,
			.teardown = ur_test_shot_teardown};

	return ur_test_suite_run(&suite, tests);
}
