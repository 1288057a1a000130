/*
 * Rules, schedules and caller lists: how rows become records, which rows are refused, and how the
 * records are found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/store/draft.h"
#include "mirror/store/table.h"
#include "mirror/store/writer.h"
#include "support/port.h"
#include "support/sample.h"
#include "support/suite.h"

static struct ur_draft draft;
static struct ur_draft_hours hours;

#define ck_slice(base, slice, text) \
	ck_assert_msg(ur_test_slice_is(base, slice, text), "is not '%s'", text)

#define ck_refused(call, reason)                             \
	do {                                                     \
		ck_assert_int_eq(call, EINVAL);                      \
		ck_assert_msg(strstr(draft.error, reason) != NULL,   \
				"'%s' is not in '%s'", reason, draft.error); \
	} while(0)

/* ---- rules */

static struct ur_rule_row rule_row(
		const char *id, int position, const char *event, const char *action)
{
	return (struct ur_rule_row){.id = ur_test_text(id),
			.position = position,
			.event = ur_test_text(event),
			.scope = UR_TEXT("any"),
			.action = ur_test_text(action)};
}

static struct ur_rule_row forward_row(
		const char *id, int position, const char *event)
{
	struct ur_rule_row row = rule_row(id, position, event, "forward");

	row.target = (struct ur_target){UR_TEXT_INIT("queue"), UR_TEXT_INIT("q")};
	return row;
}

static const struct ur_user *draft_user(
		const struct ur_rule_row *rules, int count)
{
	const struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	const struct ur_device_row device = ur_test_device_row("dev_a", "a");
	const int err = ur_draft_user(&draft, &row, &device, 1, rules, count);

	ck_assert_msg(err == 0, "%s", draft.error);
	return (const struct ur_user *)draft.body;
}

START_TEST(a_rule_has_all_fields)
{
	struct ur_rule_row row = rule_row("rule_1", 3, "dnd", "ring");
	const struct ur_user_rule *rule;
	const struct ur_user *user;

	row.schedule_id = UR_TEXT("sch_1");
	row.outside = 1;
	row.caller_list_id = UR_TEXT("cl_1");
	row.except_listed = 1;
	row.scope = UR_TEXT("external");
	row.ring_strategy = UR_TEXT("sequential");
	row.ring_timeout_sec = 600;
	user = draft_user(&row, 1);
	ck_assert_uint_eq(user->rule_count, 1);
	ck_assert_uint_eq(user->device_count, 1);
	ck_slice(user, user->devices[0].aor, "a@acme.example");
	rule = ur_user_rules(user);
	ck_slice(user, rule->id, "rule_1");
	ck_slice(user, rule->schedule_id, "sch_1");
	ck_slice(user, rule->caller_list_id, "cl_1");
	ck_slice(user, rule->target.kind, "");
	ck_assert_uint_eq(rule->event, UR_RULES_DND);
	ck_assert_uint_eq(rule->scope, UR_SCOPE_EXTERNAL);
	ck_assert_uint_eq(rule->action, UR_RULE_RING);
	ck_assert_uint_eq(rule->strategy, UR_RING_SEQUENTIAL);
	ck_assert_uint_eq(rule->ring_timeout_sec, 600);
	ck_assert_uint_eq(rule->flags, UR_RULE_OUTSIDE | UR_RULE_EXCEPT);
}
END_TEST

START_TEST(a_rule_without_anything_optional)
{
	struct ur_rule_row rows[] = {rule_row("a", 0, "busy", "reject"),
			forward_row("b", 1, "noanswer")};
	const struct ur_user *user = draft_user(rows, 2);
	const struct ur_user_rule *rule = ur_user_rules(user);

	ck_assert_uint_eq(rule->action, UR_RULE_REJECT);
	ck_assert_uint_eq(rule->scope, UR_SCOPE_ANY);
	ck_assert_uint_eq(rule->strategy, UR_RING_AS_USER);
	ck_assert_uint_eq(rule->ring_timeout_sec, 0);
	ck_assert_uint_eq(rule->flags, 0);
	ck_slice(user, rule->schedule_id, "");
	ck_slice(user, rule->caller_list_id, "");
	ck_slice(user, rule->target.kind, "");
	ck_assert_uint_eq(rule[1].event, UR_RULES_NO_ANSWER);
	ck_slice(user, rule[1].target.kind, "queue");
	ck_slice(user, rule[1].target.id, "q");
}
END_TEST

/* By event, position, id; whatever order they come in. */
START_TEST(rules_are_in_order)
{
	static const char order[] = "abcdefgh";
	struct ur_rule_row rows[] = {forward_row("h", -9, "unreachable"),
			forward_row("g", 0, "noanswer"), forward_row("f", 0, "busy"),
			forward_row("e", 3, "dnd"), forward_row("d", 2147483647, "always"),
			forward_row("c", 10, "always"), forward_row("b", 10, "always"),
			forward_row("a", -2147483647 - 1, "always")};
	const struct ur_user *user = draft_user(rows, 8);
	int i;

	for(i = 0; i < 8; i++)
		ck_assert_int_eq(
				ur_user_text(user, ur_user_rules(user)[i].id).s[0], order[i]);
}
END_TEST

START_TEST(words_are_those_of_a_row)
{
	int i;

	for(i = 0; i < UR_RULES_COUNT; i++) {
		struct ur_rule_row row = {.event = ur_draft_event_name(i)};

		ck_assert_int_eq(ur_draft_event_of(&row), i);
	}
	ck_assert(ur_text_equal(
			ur_draft_event_name(UR_RULES_UNREACHABLE), UR_TEXT("unreachable")));
	ck_assert(ur_text_equal(
			ur_draft_scope_name(UR_SCOPE_ANONYMOUS), UR_TEXT("anonymous")));
	ck_assert(ur_text_equal(
			ur_draft_action_name(UR_RULE_REJECT), UR_TEXT("reject")));
}
END_TEST

#define ck_bad(row, reason) ck_refused(ur_draft_check_rule(&draft, row), reason)

START_TEST(odd_words_are_refused)
{
	struct ur_rule_row row;

	row = forward_row("", 0, "always");
	ck_bad(&row, "a rule's id is empty");
	row = forward_row("r", 0, "ringing");
	ck_bad(&row, "event is 'ringing', not always, dnd");
	ck_assert_int_eq(ur_draft_event_of(&row), -1);
	row = rule_row("r", 0, "always", "transfer");
	ck_bad(&row, "action is 'transfer', not forward, ring or reject");
	row = forward_row("r", 0, "always");
	row.scope = UR_TEXT("");
	ck_bad(&row, "scope is '', not any");
	row = rule_row("r", 0, "always", "ring");
	row.ring_strategy = UR_TEXT("loud");
	ck_bad(&row, "ring_strategy is 'loud'");
	row = rule_row("r", 0, "always", "ring");
	row.ring_timeout_sec = 601;
	ck_bad(&row, "a rule's ring_timeout_sec is 601, not 0 to 600");
	row = forward_row("r", 0, "always");
	row.schedule_id = UR_TEXT("a\nb");
	ck_bad(&row, "a rule's schedule_id has an invalid character: 0x0a");
}
END_TEST

START_TEST(targets_fit_the_action)
{
	struct ur_rule_row row = rule_row("r", 0, "always", "forward");

	ck_bad(&row, "it forwards, and its target is none");
	row.target =
			(struct ur_target){UR_TEXT_INIT("hangup"), UR_TEXT_INIT("486")};
	ck_bad(&row, "it forwards, and its target is none or a hangup");
	row = forward_row("r", 0, "always");
	row.target.id = UR_TEXT("");
	ck_bad(&row, "not both");
	row = forward_row("r", 0, "always");
	row.action = UR_TEXT("ring");
	ck_bad(&row, "it rings, and has a target");
	row.action = UR_TEXT("reject");
	ck_bad(&row, "it rejects, and its target is no hangup");
	row.target =
			(struct ur_target){UR_TEXT_INIT("hangup"), UR_TEXT_INIT("399")};
	ck_bad(&row, "no hangup with 400 to 699");
	row.target.id = UR_TEXT("700");
	ck_bad(&row, "no hangup with 400 to 699");
	row.target.id = UR_TEXT("60x");
	ck_bad(&row, "no hangup with 400 to 699");
	row.target.id = UR_TEXT("4000");
	ck_bad(&row, "no hangup with 400 to 699");
	row.target.id = UR_TEXT("699");
	ck_assert_int_eq(ur_draft_check_rule(&draft, &row), 0);
}
END_TEST

START_TEST(contradictions_are_refused)
{
	struct ur_rule_row row = forward_row("r", 0, "always");

	row.outside = 1;
	ck_bad(&row, "outside a schedule, and has none");
	row = forward_row("r", 0, "always");
	row.except_listed = 1;
	ck_bad(&row, "not on a list, and has none");
	row = forward_row("r", 0, "always");
	row.scope = UR_TEXT("anonymous");
	ck_assert_int_eq(ur_draft_check_rule(&draft, &row), 0);
	row.caller_list_id = UR_TEXT("cl");
	ck_bad(&row, "anonymous callers on a list");
	row = rule_row("r", 0, "busy", "ring");
	ck_bad(&row, "it rings when the ring is over");
	row = forward_row("r", 0, "always");
	row.ring_timeout_sec = 1;
	ck_bad(&row, "does not ring");
	row = forward_row("r", 0, "always");
	row.ring_strategy = UR_TEXT("specific");
	ck_bad(&row, "does not ring");
}
END_TEST

START_TEST(as_many_rules_as_allowed)
{
	static struct ur_rule_row rows[UR_MAX_RULES + 1];
	const struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	static char ids[UR_MAX_RULES + 1][8];
	int i;

	for(i = 0; i <= UR_MAX_RULES; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%03d", i);
		rows[i] = forward_row(ids[i], -i, "always");
	}
	ck_assert_uint_eq(draft_user(rows, UR_MAX_RULES)->rule_count, 200);
	ck_refused(ur_draft_user(&draft, &row, NULL, 0, rows, UR_MAX_RULES + 1),
			"it has 201 rules, not up to 200");
}
END_TEST

/* ---- hours */

static struct ur_schedule_row schedule_row(void)
{
	return (struct ur_schedule_row){.account = 7,
			.id = UR_TEXT("sch_1"),
			.name = UR_TEXT("Office"),
			.windows = UR_TEXT("mon-fri 09:00-17:00 UTC"),
			.known_from = 100,
			.known_to = 5000,
			.is_over = 1};
}

static const struct ur_schedule *draft_schedule(
		const struct ur_schedule_row *row, const char *text)
{
	int err = ur_draft_read_hours(&draft, ur_test_text(text), &hours);

	if(err == 0)
		err = ur_draft_schedule(&draft, row, &hours);
	ck_assert_msg(err == 0, "%s", draft.error);
	return (const struct ur_schedule *)draft.body;
}

START_TEST(a_schedule_has_all_fields)
{
	const struct ur_schedule_row row = schedule_row();
	const struct ur_schedule *schedule =
			draft_schedule(&row, "100-200 300-301 4999-4294967295");

	ck_assert_uint_eq(schedule->account, 7);
	ck_assert_uint_eq(schedule->known_from, 100);
	ck_assert_uint_eq(schedule->known_to, 5000);
	ck_assert_uint_eq(schedule->is_over, 1);
	ck_slice(schedule, schedule->id, "sch_1");
	ck_slice(schedule, schedule->name, "Office");
	ck_slice(schedule, schedule->windows, "mon-fri 09:00-17:00 UTC");
	ck_assert_uint_eq(schedule->hours_count, 3);
	ck_assert_uint_eq(schedule->hours[0].from, 100);
	ck_assert_uint_eq(schedule->hours[0].to, 200);
	ck_assert_uint_eq(schedule->hours[2].from, 4999);
	ck_assert_uint_eq(schedule->hours[2].to, UINT32_MAX);
	ck_assert_uint_eq(draft_schedule(&row, "")->hours_count, 0);
}
END_TEST

START_TEST(odd_hours_are_refused)
{
	static const char *const texts[] = {"x", "1", "1-", "-2", "1-2 ", "1-2,3-4",
			"1-2  3-4", " 1-2", "1-4294967296", "99999999999999999999-1",
			"1-2 3-4x", "+1-2", "1--2"};
	size_t i;

	for(i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_refused(ur_draft_read_hours(&draft, ur_test_text(texts[i]), &hours),
				"its hours are not as");
}
END_TEST

START_TEST(hours_out_of_order_are_refused)
{
	static const char *const texts[] = {
			"2-2", "3-2", "1-2 2-3", "1-5 4-6", "5-6 1-2"};
	struct ur_schedule_row row = schedule_row();
	size_t i;

	for(i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_int_eq(
				ur_draft_read_hours(&draft, ur_test_text(texts[i]), &hours), 0);
		ck_refused(ur_draft_schedule(&draft, &row, &hours), "not in order");
	}
	hours.count = 0;
	row.known_to = 99;
	ck_refused(ur_draft_schedule(&draft, &row, &hours), "after known_to");
	row = schedule_row();
	row.known_from = -1;
	ck_refused(ur_draft_schedule(&draft, &row, &hours), "known_from is -1");
	row = schedule_row();
	row.id = UR_TEXT("");
	ck_refused(ur_draft_schedule(&draft, &row, &hours), "id is empty");
}
END_TEST

/* Every second minute. */
static char *write_hours(int count)
{
	char *text = malloc(16 * (size_t)count + 1);
	char *end = text;
	int i;

	*text = '\0';
	for(i = 0; i < count; i++)
		end += sprintf(end, "%s%d-%d", i > 0 ? " " : "", 2 * i, 2 * i + 1);
	return text;
}

/* Of what has no room nothing is known. */
START_TEST(hours_that_do_not_fit)
{
	char *text = write_hours(9000);
	struct ur_schedule_row row = schedule_row();
	const struct ur_schedule *schedule;
	const int count = (UR_BODY_MAX - (int)sizeof(*schedule) - 34) / 8;

	row.known_from = 0;
	row.known_to = 1000000;
	schedule = draft_schedule(&row, text);
	ck_assert_int_eq(schedule->hours_count, count);
	ck_assert_uint_eq(schedule->hours[count - 1].from, 2 * (count - 1));
	ck_assert_uint_eq(schedule->known_to, 2 * count);
	ck_slice(schedule, schedule->id, "sch_1");
	ck_slice(schedule, schedule->windows, "mon-fri 09:00-17:00 UTC");
	ck_assert_uint_le(draft.body_size, UR_BODY_MAX);
	row.known_to = 7;
	ck_assert_uint_eq(draft_schedule(&row, text)->known_to, 7);
	free(text);
	text = write_hours(count);
	row.known_to = 1000000;
	schedule = draft_schedule(&row, text);
	ck_assert_int_eq(schedule->hours_count, count);
	ck_assert_uint_eq(schedule->known_to, 1000000);
	free(text);
}
END_TEST

START_TEST(a_schedule_without_room_for_hours)
{
	static char big[UR_BODY_MAX];
	struct ur_schedule_row row = schedule_row();

	memset(big, 'x', sizeof(big));
	row.windows = (struct ur_text){big, sizeof(big) - 100};
	ck_assert_uint_eq(draft_schedule(&row, "200-300 400-500")->hours_count, 2);
	row.windows.len = UR_BODY_MAX - (int)sizeof(struct ur_schedule) - 11;
	ck_assert_uint_eq(draft_schedule(&row, "200-300 400-500")->hours_count, 0);
	ck_assert_uint_eq(((const struct ur_schedule *)draft.body)->known_to, 200);
	row.windows.len++;
	ck_refused(ur_draft_schedule(&draft, &row, &hours), "65535");
}
END_TEST

/* ---- caller lists */

static const struct ur_caller_list *draft_list(
		const struct ur_text *entries, int count)
{
	const struct ur_caller_list_row row = {
			.account = 7, .id = UR_TEXT("cl_1"), .name = UR_TEXT("VIPs")};
	const int err = ur_draft_caller_list(&draft, &row, entries, count);

	ck_assert_msg(err == 0, "%s", draft.error);
	return (const struct ur_caller_list *)draft.body;
}

START_TEST(entries_are_sorted_as_bytes)
{
	static const struct ur_text entries[] = {UR_TEXT_INIT("zo\xc3\xab"),
			UR_TEXT_INIT("ab"), UR_TEXT_INIT("B"), UR_TEXT_INIT("a@Y.example"),
			UR_TEXT_INIT("a@X.EXAMPLE"), UR_TEXT_INIT("a"),
			UR_TEXT_INIT("A@B@c.EXAMPLE"), UR_TEXT_INIT("201"),
			UR_TEXT_INIT("+4930"), UR_TEXT_INIT("+49"), UR_TEXT_INIT("+5")};
	static const char *const sorted[] = {"+49", "+4930", "+5", "201",
			"A@B@c.example", "B", "a", "a@x.example", "a@y.example", "ab",
			"zo\xc3\xab"};
	const struct ur_caller_list *list = draft_list(entries, 11);
	int i;

	ck_assert_uint_eq(list->account, 7);
	ck_slice(list, list->id, "cl_1");
	ck_slice(list, list->name, "VIPs");
	ck_assert_uint_eq(list->entry_count, 11);
	for(i = 0; i < 11; i++)
		ck_slice(list, list->entries[i], sorted[i]);
	ck_assert_uint_eq(draft_list(NULL, 0)->entry_count, 0);
}
END_TEST

/* The same rows in another order are the same record. */
START_TEST(the_order_of_the_rows_does_not_matter)
{
	static const struct ur_text one[] = {UR_TEXT_INIT("a"), UR_TEXT_INIT("bb"),
			UR_TEXT_INIT("c@D"), UR_TEXT_INIT("+1")};
	static const struct ur_text other[] = {UR_TEXT_INIT("c@D"),
			UR_TEXT_INIT("+1"), UR_TEXT_INIT("bb"), UR_TEXT_INIT("a")};
	static const struct ur_hash_seed seed;
	struct ur_record *record;

	draft_list(one, 4);
	record = ur_record_new(&draft, &seed);
	draft_list(other, 4);
	ck_assert(ur_record_equals(record, &draft));
	ur_record_put(record);
}
END_TEST

START_TEST(odd_entries_are_refused)
{
	ck_refused(ur_draft_check_entry(&draft, UR_TEXT("")), "what is empty");
	ck_refused(ur_draft_check_entry(&draft, UR_TEXT("a\tb")), "0x09");
	ck_refused(ur_draft_check_entry(&draft, UR_TEXT("+")), "has 0 digits");
	ck_refused(ur_draft_check_entry(&draft, UR_TEXT("+1234567890123456")),
			"has 16 digits, not 1 to 15");
	ck_assert_int_eq(
			ur_draft_check_entry(&draft, UR_TEXT("+123456789012345")), 0);
	ck_assert_int_eq(ur_draft_check_entry(&draft, UR_TEXT("+a")), 0);
}
END_TEST

START_TEST(as_many_entries_as_allowed)
{
	static struct ur_text entries[UR_MAX_ENTRIES + 1];
	const struct ur_caller_list_row row = {.account = 7, .id = UR_TEXT("cl_1")};
	static char big[400];
	int i;

	for(i = 0; i <= UR_MAX_ENTRIES; i++)
		entries[i] = UR_TEXT("12345678901234567890");
	ck_assert_uint_eq(draft_list(entries, UR_MAX_ENTRIES)->entry_count, 2000);
	ck_refused(ur_draft_caller_list(&draft, &row, entries, UR_MAX_ENTRIES + 1),
			"it has 2001 entries, not up to 2000");
	memset(big, 'x', sizeof(big));
	for(i = 0; i <= UR_MAX_ENTRIES; i++)
		entries[i] = (struct ur_text){big, sizeof(big)};
	ck_refused(ur_draft_caller_list(&draft, &row, entries, 200), "65535");
	ck_assert(ur_draft_is_too_long(&draft));
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

static struct ur_table_stats stats(void)
{
	struct ur_table_stats result;

	ur_table_stats(table, &result);
	return result;
}

static void publish_schedule(const char *id, int known_to)
{
	struct ur_schedule_row row = schedule_row();

	row.id = ur_test_text(id);
	row.known_to = known_to;
	draft_schedule(&row, "1-2");
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
}

START_TEST(they_are_found_by_id)
{
	const struct ur_text entry = UR_TEXT("a");
	const struct ur_caller_list *list;
	const struct ur_schedule *schedule;

	publish_schedule("x", 1000);
	draft_list(&entry, 1);
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
	schedule = ur_table_schedule(table, UR_TEXT("x"));
	ck_slice(schedule, schedule->id, "x");
	ur_table_schedule_put(schedule);
	list = ur_table_caller_list(table, UR_TEXT("cl_1"));
	ck_slice(list, list->entries[0], "a");
	ur_table_caller_list_put(list);
	ck_assert_ptr_null(ur_table_schedule(table, UR_TEXT("cl_1")));
	ck_assert_ptr_null(ur_table_caller_list(table, UR_TEXT("x")));
	ur_table_schedule_put(NULL);
	ur_table_caller_list_put(NULL);
}
END_TEST

START_TEST(they_are_counted)
{
	const struct ur_rule_row rows[] = {
			forward_row("a", 0, "always"), forward_row("b", 0, "busy")};

	draft_user(rows, 2);
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
	publish_schedule("x", 1000);
	draft_list(NULL, 0);
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
	ck_assert_uint_eq(stats().rules, 2);
	ck_assert_uint_eq(stats().schedules, 1);
	ck_assert_uint_eq(stats().caller_lists, 1);
	draft_user(rows, 1);
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
	ck_assert_uint_eq(stats().rules, 1);
	ur_writer_begin(&writer);
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(stats().rules, 0);
	ck_assert_uint_eq(stats().schedules, 0);
	ck_assert_uint_eq(stats().caller_lists, 0);
}
END_TEST

/* The earliest end; a reading of all finds a later one, also of records that stay as they are. */
START_TEST(the_end_of_the_hours_is_known)
{
	ck_assert_uint_eq(stats().hours_until, 0);
	ur_writer_begin(&writer);
	publish_schedule("x", 2000);
	publish_schedule("y", 1000);
	publish_schedule("z", 3000);
	ck_assert_uint_eq(stats().hours_until, 1000);
	ur_writer_end_hours(&writer);
	ck_assert_uint_eq(stats().hours_until, 1000);
	publish_schedule("y", 4000);
	ck_assert_uint_eq(stats().hours_until, 1000);
	ur_writer_begin(&writer);
	publish_schedule("x", 2000);
	publish_schedule("y", 4000);
	publish_schedule("z", 3000);
	ck_assert_uint_eq(stats().hours_until, 1000);
	ur_writer_end_hours(&writer);
	ck_assert_uint_eq(stats().hours_until, 2000);
	ur_writer_begin(&writer);
	ur_writer_sweep(&writer);
	ck_assert_uint_eq(stats().hours_until, 0);
}
END_TEST

START_TEST(hours_that_ended_in_1970)
{
	struct ur_schedule_row row = schedule_row();

	publish_schedule("x", 2000);
	row.known_from = row.known_to = 0;
	draft_schedule(&row, "");
	ck_assert_int_eq(ur_writer_publish(&writer, &draft), 0);
	ck_assert_uint_eq(stats().hours_until, 1);
}
END_TEST

/* Changes in the midst of a full load have read what it leaves alone. */
START_TEST(changes_during_a_reading_count)
{
	struct ur_writer load;

	ur_writer_init(&load, table);
	ur_writer_begin(&load);
	writer.within = &load;
	ur_writer_begin(&writer);
	publish_schedule("x", 1000);
	ur_writer_end_hours(&load);
	ck_assert_uint_eq(stats().hours_until, 1000);
	writer.within = NULL;
	ur_writer_exit(&load);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {a_rule_has_all_fields,
			a_rule_without_anything_optional, rules_are_in_order,
			words_are_those_of_a_row, odd_words_are_refused,
			targets_fit_the_action, contradictions_are_refused,
			as_many_rules_as_allowed, a_schedule_has_all_fields,
			odd_hours_are_refused, hours_out_of_order_are_refused,
			hours_that_do_not_fit, a_schedule_without_room_for_hours,
			entries_are_sorted_as_bytes, the_order_of_the_rows_does_not_matter,
			odd_entries_are_refused, as_many_entries_as_allowed,
			they_are_found_by_id, they_are_counted,
			the_end_of_the_hours_is_known, hours_that_ended_in_1970,
			changes_during_a_reading_count, NULL};
	const struct ur_test_suite suite = {
			.name = "conditions", .setup = setup, .teardown = teardown};

	return ur_test_suite_run(&suite, tests);
}
