/*
 * Ring groups: how rows become records, which rows are refused, how the records are found, and the
 * turns that calls take.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/port.h"
#include "mirror/store/draft.h"
#include "mirror/store/table.h"
#include "mirror/store/writer.h"
#include "support/port.h"
#include "support/sample.h"
#include "support/suite.h"

static struct ur_draft draft;

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

#define ck_refused(call, reason)                             \
	do {                                                     \
		ck_assert_int_eq(call, EINVAL);                      \
		ck_assert_msg(strstr(draft.error, reason) != NULL,   \
				"'%s' is not in '%s'", reason, draft.error); \
	} while(0)

static struct ur_group_row group_row(void)
{
	return (struct ur_group_row){.account = 7,
			.id = UR_TEXT("grp_1"),
			.strategy = UR_TEXT("simultaneous"),
			.ring_timeout_sec = 25,
			.member_rules = UR_TEXT("none"),
			.skip_busy = 1,
			.count_missed = 1};
}

static struct ur_group_member_row member_row(
		int position, const char *kind, const char *id)
{
	return (struct ur_group_member_row){.position = position,
			.kind = ur_test_text(kind),
			.id = ur_test_text(id),
			.enabled = 1};
}

static const struct ur_group *draft_group(const struct ur_group_row *row,
		const struct ur_group_member_row *members, int count)
{
	const int err = ur_draft_group(&draft, row, members, count);

	ck_assert_msg(err == 0, "%s", draft.error);
	return (const struct ur_group *)draft.body;
}

/* ---- groups */

START_TEST(a_group_has_all_fields)
{
	struct ur_group_row row = group_row();
	const struct ur_group *group;

	row.name = UR_TEXT("Sales \xc3\xa4");
	row.strategy = UR_TEXT("round_robin");
	row.ring_timeout_sec = 600;
	row.member_rules = UR_TEXT("follow");
	row.cid_name_prefix = UR_TEXT("S: ");
	row.alert_info = UR_TEXT("<sip:x>;info=\"~\"");
	row.count_missed = 0;
	row.forward_busy =
			(struct ur_target){UR_TEXT_INIT("hangup"), UR_TEXT_INIT("486")};
	row.forward_no_answer =
			(struct ur_target){UR_TEXT_INIT("user"), UR_TEXT_INIT("us_2")};
	group = draft_group(&row, NULL, 0);
	ck_assert_uint_eq(group->account, 7);
	ck_slice(group, group->id, "grp_1");
	ck_slice(group, group->name, "Sales \xc3\xa4");
	ck_assert_uint_eq(group->strategy, UR_GROUP_ROUND_ROBIN);
	ck_assert_uint_eq(group->ring_timeout_sec, 600);
	ck_assert_uint_eq(group->flags,
			UR_GROUP_FOLLOW | UR_GROUP_SKIP_BUSY | UR_GROUP_NO_MISSED);
	ck_slice(group, group->cid_name_prefix, "S: ");
	ck_slice(group, group->alert_info, "<sip:x>;info=\"~\"");
	ck_slice(group, group->forward_busy.kind, "hangup");
	ck_slice(group, group->forward_busy.id, "486");
	ck_slice(group, group->forward_no_answer.kind, "user");
	ck_slice(group, group->forward_no_answer.id, "us_2");
	ck_assert_uint_eq(group->member_count, 0);
}
END_TEST

START_TEST(a_group_without_anything_optional)
{
	struct ur_group_row row = group_row();
	const struct ur_group *group = draft_group(&row, NULL, 0);

	ck_assert_uint_eq(group->strategy, UR_GROUP_SIMULTANEOUS);
	ck_assert_uint_eq(group->flags, UR_GROUP_SKIP_BUSY);
	ck_assert_uint_eq(group->cid_name_prefix.len, 0);
	ck_assert_uint_eq(group->alert_info.len, 0);
	ck_assert_uint_eq(group->forward_busy.kind.len, 0);
	ck_assert_uint_eq(group->forward_no_answer.id.len, 0);
	row.skip_busy = 0;
	ck_assert_uint_eq(draft_group(&row, NULL, 0)->flags, 0);
}
END_TEST

START_TEST(odd_groups_are_refused)
{
	static char text[257];
	struct ur_group_row row = group_row();
	struct ur_text *const texts[] = {&row.id, &row.name, &row.cid_name_prefix,
			&row.alert_info, &row.forward_busy.kind, &row.forward_busy.id,
			&row.forward_no_answer.kind, &row.forward_no_answer.id};
	size_t i;

	memset(text, 'x', sizeof(text));
	for(i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i] = UR_TEXT("a\rb");
		ck_refused(ur_draft_group(&draft, &row, NULL, 0), "0x0d");
		row = group_row();
	}
	row.id = UR_TEXT("");
	ck_refused(ur_draft_group(&draft, &row, NULL, 0), "id is empty");
	row = group_row();
	row.strategy = UR_TEXT("loud");
	ck_refused(ur_draft_group(&draft, &row, NULL, 0),
			"strategy is 'loud', not simultaneous, sequential, random or"
			" round_robin");
	row = group_row();
	row.member_rules = UR_TEXT("");
	ck_refused(ur_draft_group(&draft, &row, NULL, 0),
			"member_rules is '', not none or follow");
	row = group_row();
	row.ring_timeout_sec = 0;
	ck_refused(ur_draft_group(&draft, &row, NULL, 0),
			"ring_timeout_sec is 0, not 1 to 600");
	row.ring_timeout_sec = 601;
	ck_refused(ur_draft_group(&draft, &row, NULL, 0), "is 601");
	row = group_row();
	row.alert_info = (struct ur_text){text, 256};
	ck_refused(ur_draft_group(&draft, &row, NULL, 0),
			"alert_info has 256 bytes, not up to 255");
	row.alert_info.len = 255;
	ck_assert_uint_eq(draft_group(&row, NULL, 0)->alert_info.len, 255);
	row.cid_name_prefix = (struct ur_text){text, 257};
	ck_refused(ur_draft_group(&draft, &row, NULL, 0),
			"cid_name_prefix has 257 bytes, not up to 256");
	row.cid_name_prefix.len = 256;
	ck_assert_uint_eq(draft_group(&row, NULL, 0)->cid_name_prefix.len, 256);
}
END_TEST

/* It becomes a header. */
START_TEST(alert_info_is_printable_ascii)
{
	static const char *const odd[] = {
			"a\x7f", "\xc3\xa4", "\x1f", "\n", "a\tb", "\x80"};
	struct ur_group_row row = group_row();
	size_t i;

	for(i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		row.alert_info = ur_test_text(odd[i]);
		ck_refused(ur_draft_group(&draft, &row, NULL, 0),
				"alert_info has an invalid character");
	}
	row.alert_info = UR_TEXT(" ~");
	draft_group(&row, NULL, 0);
}
END_TEST

/* ---- members */

START_TEST(a_member_has_all_fields)
{
	const struct ur_group_row row = group_row();
	struct ur_group_member_row members[] = {member_row(4, "ring_group", "g"),
			member_row(-1, "user", "us_1"), member_row(2, "device", "dev_1"),
			member_row(3, "number", "491701234567890")};
	const struct ur_group_member *member;
	const struct ur_group *group;

	members[2].user_id = UR_TEXT("us_2");
	members[2].ring_delay_sec = 600;
	members[2].ring_for_sec = 599;
	members[2].enabled = 0;
	group = draft_group(&row, members, 4);
	ck_assert_uint_eq(group->member_count, 4);
	ck_assert_uint_eq(group->members[0].kind, UR_GROUP_USER);
	ck_slice(group, group->members[0].id, "us_1");
	ck_assert_uint_eq(group->members[0].user_id.len, 0);
	ck_assert_uint_eq(group->members[0].is_enabled, 1);
	ck_assert_uint_eq(group->members[0].ring_for_sec, 0);
	member = &group->members[1];
	ck_assert_uint_eq(member->kind, UR_GROUP_DEVICE);
	ck_slice(group, member->id, "dev_1");
	ck_slice(group, member->user_id, "us_2");
	ck_assert_uint_eq(member->ring_delay_sec, 600);
	ck_assert_uint_eq(member->ring_for_sec, 599);
	ck_assert_uint_eq(member->is_enabled, 0);
	ck_assert_uint_eq(group->members[2].kind, UR_GROUP_NUMBER);
	ck_slice(group, group->members[2].id, "491701234567890");
	ck_assert_uint_eq(group->members[3].kind, UR_GROUP_GROUP);
	ck_slice(group, group->members[3].id, "g");
}
END_TEST

START_TEST(odd_members_are_refused)
{
	const struct ur_text group = UR_TEXT("grp_1");
	struct ur_group_member_row row = member_row(1, "user", "");

	ck_refused(ur_draft_check_member(&draft, group, &row),
			"a member's member_id is empty");
	row.id = UR_TEXT("a\x01");
	ck_refused(ur_draft_check_member(&draft, group, &row), "0x01");
	row = member_row(1, "queue", "q");
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"member_kind is 'queue', not user, device, number or ring_group");
	row = member_row(1, "user", "us_1");
	row.ring_delay_sec = 601;
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"a member's ring_delay_sec is 601, not 0 to 600");
	row.ring_delay_sec = 0;
	row.ring_for_sec = 70000;
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"ring_for_sec is 70000");
	row.ring_for_sec = 600;
	ck_assert_int_eq(ur_draft_check_member(&draft, group, &row), 0);
	row.user_id = UR_TEXT("us_1");
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"has a user_id and is no device");
	row = member_row(1, "device", "dev_1");
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"device has no user_id");
	row.user_id = UR_TEXT("us\n");
	ck_refused(ur_draft_check_member(&draft, group, &row), "0x0a");
	row.user_id = UR_TEXT("us_1");
	ck_assert_int_eq(ur_draft_check_member(&draft, group, &row), 0);
}
END_TEST

START_TEST(odd_numbers_and_the_group_itself_are_refused)
{
	const struct ur_text group = UR_TEXT("grp_1");
	struct ur_group_member_row row = member_row(1, "number", "+4930");

	ck_refused(ur_draft_check_member(&draft, group, &row),
			"something else than digits");
	row.id = UR_TEXT("1234567890123456");
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"has 16 digits, not up to 15");
	row.id = UR_TEXT("123456789012345");
	ck_assert_int_eq(ur_draft_check_member(&draft, group, &row), 0);
	row = member_row(1, "ring_group", "grp_1");
	ck_refused(ur_draft_check_member(&draft, group, &row),
			"it is a member of itself");
	row.kind = UR_TEXT("user"); /* of the same id */
	ck_assert_int_eq(ur_draft_check_member(&draft, group, &row), 0);
	row = member_row(1, "ring_group", "grp_10");
	ck_assert_int_eq(ur_draft_check_member(&draft, group, &row), 0);
}
END_TEST

/* The same rows in another order are the same record, also of one position. */
START_TEST(the_order_of_the_rows_does_not_matter)
{
	static const struct ur_hash_seed seed;
	const struct ur_group_row row = group_row();
	const struct ur_group_member_row a = member_row(1, "user", "a"),
									 b = member_row(1, "user", "b"),
									 n = member_row(1, "number", "1"),
									 z = member_row(0, "user", "z");
	const struct ur_group_member_row one[] = {a, b, n, z},
									 other[] = {n, z, b, a};
	const struct ur_group *group = draft_group(&row, one, 4);
	struct ur_record *record = ur_record_new(&draft, &seed);

	ck_slice(group, group->members[0].id, "z");
	ck_slice(group, group->members[1].id, "1");
	ck_slice(group, group->members[2].id, "a");
	draft_group(&row, other, 4);
	ck_assert(ur_record_equals(record, &draft));
	ur_record_put(record);
}
END_TEST

START_TEST(as_many_members_as_allowed)
{
	static struct ur_group_member_row members[UR_GROUP_MEMBERS_MAX + 1];
	static char big[700];
	const struct ur_group_row row = group_row();
	int i;

	memset(big, 'x', sizeof(big));
	for(i = 0; i <= UR_GROUP_MEMBERS_MAX; i++)
		members[i] = member_row(i, "user", "us_1");
	ck_assert_uint_eq(draft_group(&row, members, 100)->member_count, 100);
	ck_refused(ur_draft_group(&draft, &row, members, 101),
			"it has 101 members, not up to 100");
	for(i = 0; i < UR_GROUP_MEMBERS_MAX; i++)
		members[i].id = (struct ur_text){big, sizeof(big)};
	ck_refused(ur_draft_group(&draft, &row, members, 100), "65535");
	ck_assert(ur_draft_is_too_long(&draft));
}
END_TEST

START_TEST(words_are_those_of_a_row)
{
	static const char *const strategies[] = {
			"simultaneous", "sequential", "random", "round_robin"};
	static const char *const kinds[] = {
			"user", "device", "number", "ring_group"};
	struct ur_group_row row = group_row();
	struct ur_group_member_row member;
	int i;

	for(i = 0; i < 4; i++) {
		row.strategy = ur_draft_group_strategy_name(i);
		ck_assert(ur_text_equal(row.strategy, ur_test_text(strategies[i])));
		ck_assert_uint_eq(draft_group(&row, NULL, 0)->strategy, i);
		member = member_row(1, kinds[i], "1");
		ck_assert(ur_text_equal(member.kind, ur_draft_member_kind_name(i)));
		if(i == UR_GROUP_DEVICE)
			member.user_id = UR_TEXT("us_1");
		ck_assert_uint_eq(draft_group(&row, &member, 1)->members[0].kind, i);
	}
	ck_assert(
			ur_text_equal(ur_draft_member_rules_name(false), UR_TEXT("none")));
	ck_assert(
			ur_text_equal(ur_draft_member_rules_name(true), UR_TEXT("follow")));
}
END_TEST

/* Records are compared as bytes. */
START_TEST(structs_have_no_padding)
{
	struct ur_group group;
	struct ur_group_member member;

	ck_assert_uint_eq(sizeof(group),
			sizeof(group.account) + sizeof(group.ring_timeout_sec)
					+ sizeof(group.strategy) + sizeof(group.flags)
					+ sizeof(group.member_count) + sizeof(group.unused)
					+ 4 * sizeof(struct ur_slice)
					+ 2 * sizeof(struct ur_target_slice));
	ck_assert_uint_eq(sizeof(group), offsetof(struct ur_group, members));
	ck_assert_uint_eq(sizeof(member),
			sizeof(member.id) + sizeof(member.user_id)
					+ sizeof(member.ring_delay_sec)
					+ sizeof(member.ring_for_sec) + sizeof(member.kind)
					+ sizeof(member.is_enabled) + sizeof(member.unused));
}
END_TEST

/* ---- in the table */

static struct ur_table *table;
static struct ur_writer writer;

static void setup(void)
{
	ck_assert_int_eq(ur_table_alloc(&table), 0);
	ur_writer_init(&writer, table);
}

static void teardown(void)
{
	ur_writer_exit(&writer);
	ur_table_free(table);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

static uint32_t count(void)
{
	struct ur_table_stats stats;

	ur_table_stats(table, &stats);
	return stats.groups;
}

static void publish(const char *id, const char *name)
{
	struct ur_group_row row = group_row();

	row.id = ur_test_text(id);
	row.name = ur_test_text(name);
	draft_group(&row, NULL, 0);
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
}

static int frees;

static void free_block(void *block)
{
	frees++;
	ur_port_free(block);
}

START_TEST(they_are_found_by_id_and_counted)
{
	const struct ur_group *group;

	ck_assert_ptr_null(ur_table_group_by_id(table, UR_TEXT("a")));
	publish("a", "A");
	publish("b", "B");
	ck_assert_uint_eq(count(), 2);
	group = ur_table_group_by_id(table, UR_TEXT("b"));
	ck_slice(group, group->name, "B");
	ck_assert_ptr_null(ur_table_group_by_id(table, UR_TEXT("c")));
	ck_assert_ptr_null(ur_table_caller_list(table, UR_TEXT("b")));
	ur_writer_begin(&writer);
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(count(), 0);
	ck_assert_ptr_null(ur_table_group_by_id(table, UR_TEXT("b")));
	ck_slice(group, group->name, "B");
	frees = 0;
	ur_table_group_put_with(group, free_block);
	ck_assert_int_eq(frees, 1);
	ur_table_group_put(NULL);
}
END_TEST

/* ---- turns */

static uint32_t turn(const char *id, bool take)
{
	const struct ur_group *group =
			ur_table_group_by_id(table, ur_test_text(id));
	uint32_t turns;

	ck_assert_ptr_nonnull(group);
	turns = ur_table_group_turn(group, take);
	ur_table_group_put(group);
	return turns;
}

START_TEST(each_call_takes_the_next_turn)
{
	publish("a", "A");
	publish("b", "B");
	ck_assert_uint_eq(turn("a", false), 0);
	ck_assert_uint_eq(turn("a", true), 0);
	ck_assert_uint_eq(turn("a", true), 1);
	ck_assert_uint_eq(turn("a", false), 2);
	ck_assert_uint_eq(turn("a", false), 2);
	ck_assert_uint_eq(turn("b", true), 0);
	ck_assert_uint_eq(turn("a", true), 2);
}
END_TEST

/* Also of one that another call still holds. */
START_TEST(a_change_keeps_the_turns)
{
	const struct ur_group *old;

	publish("a", "A");
	turn("a", true);
	turn("a", true);
	old = ur_table_group_by_id(table, UR_TEXT("a"));
	publish("a", "A2");
	ck_assert_uint_eq(turn("a", true), 2);
	ck_assert_uint_eq(ur_table_group_turn(old, false), 2);
	ur_table_group_put(old);
	ur_writer_begin(&writer);
	publish("a", "A2"); /* read again */
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(turn("a", false), 3);
}
END_TEST

/* Turns make no other content: a reading that finds the same rows publishes nothing. */
START_TEST(turns_are_no_content)
{
	const struct ur_group *before, *after;

	publish("a", "A");
	turn("a", true);
	before = ur_table_group_by_id(table, UR_TEXT("a"));
	publish("a", "A");
	after = ur_table_group_by_id(table, UR_TEXT("a"));
	ck_assert_ptr_eq(before, after);
	ur_table_group_put(before);
	ur_table_group_put(after);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_group_has_all_fields,
			a_group_without_anything_optional, odd_groups_are_refused,
			alert_info_is_printable_ascii, a_member_has_all_fields,
			odd_members_are_refused,
			odd_numbers_and_the_group_itself_are_refused,
			the_order_of_the_rows_does_not_matter, as_many_members_as_allowed,
			words_are_those_of_a_row, structs_have_no_padding,
			they_are_found_by_id_and_counted, each_call_takes_the_next_turn,
			a_change_keeps_the_turns, turns_are_no_content, NULL};
	const struct ur_test_suite suite = {
			.name = "group_rows", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
