/*
 * A table with a snapshot of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/port.h"
#include "support/sample.h"
#include "support/snapshot.h"

struct ur_test_shot ur_test_shot;

static char folder[64];

const char *ur_test_shot_path(const char *name)
{
	static char paths[2][128];
	static int turn;

	turn = !turn;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", folder, name);
	return paths[turn];
}

static void new_table(void)
{
	ck_assert_int_eq(ur_table_alloc(&ur_test_shot.table), 0);
	ur_writer_init(&ur_test_shot.writer, ur_test_shot.table);
}

static void free_table(void)
{
	ur_writer_exit(&ur_test_shot.writer);
	ur_table_free(ur_test_shot.table);
}

void ur_test_shot_setup(void)
{
	struct ur_mirror_config config = {.snapshot_interval = 0};

	snprintf(folder, sizeof(folder), "/tmp/ur-snapshot.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	config.snapshot_file = ur_test_shot_path("snapshot");
	/* nobody may rely on zeros */
	memset(&ur_test_shot.room, 0xa5, sizeof(ur_test_shot.room));
	new_table();
	ck_assert_int_eq(ur_state_alloc(&ur_test_shot.state), 0);
	ur_state_set_source(ur_test_shot.state, UR_SOURCE_DATABASE);
	ck_assert_int_eq(ur_snapshot_alloc(&ur_test_shot.snapshot,
							 ur_test_shot.table, ur_test_shot.state, &config),
			0);
	ur_test_log_clear();
}

void ur_test_shot_teardown(void)
{
	char command[128];

	ur_snapshot_free(ur_test_shot.snapshot);
	ur_state_free(ur_test_shot.state);
	free_table();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	ck_assert_int_eq(system(command), 0);
	ck_assert_uint_eq(ur_test_port_blocks(), 0);
}

/* ---- content */

static void publish(int err)
{
	ck_assert_msg(err == 0, "%s", ur_test_shot.room.draft.error);
	ck_assert_int_eq(
			ur_writer_publish(&ur_test_shot.writer, &ur_test_shot.room.draft),
			0);
}

static void fill_account(uint32_t number)
{
	struct ur_draft *draft = &ur_test_shot.room.draft;
	const struct ur_text texts[] = {UR_TEXT_INIT("acme.example"),
			UR_TEXT_INIT("acme.test"), UR_TEXT_INIT("4930123")};
	struct ur_account_row row = {.number = number,
			.id = UR_TEXT("acc_1"),
			.status = UR_TEXT("active"),
			.default_cid_number = UR_TEXT("4930100"),
			.country_code = UR_TEXT("49"),
			.area_code = UR_TEXT("30"),
			.international_prefix = UR_TEXT("00"),
			.national_prefix = UR_TEXT("0"),
			.tz = UR_TEXT("Europe/Berlin"),
			.utc_offsets = UR_TEXT("29000000+60 29500000+120")};

	publish(ur_draft_account(draft, &row, texts, 2, 1));
	row = (struct ur_account_row){.number = number + 1,
			.id = UR_TEXT("acc_2"),
			.status = UR_TEXT("suspended")};
	publish(ur_draft_account(draft, &row, texts, 0, 0));
}

/* One with all that it can have, in the order of the events; one that rejects. */
static const struct ur_rule_row rules[] = {
		{.id = UR_TEXT_INIT("rule_2"),
				.position = 7,
				.event = UR_TEXT_INIT("always"),
				.schedule_id = UR_TEXT_INIT("sch_1"),
				.outside = 1,
				.caller_list_id = UR_TEXT_INIT("cl_1"),
				.except_listed = 1,
				.scope = UR_TEXT_INIT("external"),
				.action = UR_TEXT_INIT("ring"),
				.ring_strategy = UR_TEXT_INIT("specific"),
				.ring_timeout_sec = 600},
		{.id = UR_TEXT_INIT("rule_1"),
				.position = -2,
				.event = UR_TEXT_INIT("unreachable"),
				.scope = UR_TEXT_INIT("anonymous"),
				.action = UR_TEXT_INIT("reject"),
				.target = {UR_TEXT_INIT("hangup"), UR_TEXT_INIT("433")}}};

static void fill_users(uint32_t number)
{
	struct ur_user_row row = ur_test_user_row(number, "us_1", "1001");
	struct ur_device_row devices[] = {ur_test_device_row("dev_1", "desk"),
			ur_test_device_row("dev_2", "soft"),
			ur_test_device_row("dev_3", "")};

	row.display_name = UR_TEXT("Zoë \"Z\" <x>");
	row.ring_strategy = UR_TEXT("sequential");
	row.ring_timeout_sec = 600;
	row.dnd = 1;
	row.forward[0] =
			(struct ur_target){UR_TEXT_INIT("user"), UR_TEXT_INIT("us_2")};
	row.forward[1] =
			(struct ur_target){UR_TEXT_INIT("hangup"), UR_TEXT_INIT("486")};
	row.forward[2] =
			(struct ur_target){UR_TEXT_INIT("queue"), UR_TEXT_INIT("q 1")};
	row.forward[3] =
			(struct ur_target){UR_TEXT_INIT("flow"), UR_TEXT_INIT("f")};
	row.voicemail_id = UR_TEXT("vm_1");
	row.out_cid_number = UR_TEXT("4930123");
	row.out_cid_name = UR_TEXT("Acme");
	row.dial_class = UR_TEXT("national");
	row.max_calls = 1000;
	devices[0].ring_order = -5;
	devices[1] = (struct ur_device_row){.id = UR_TEXT("dev_2"),
			.auth_username = UR_TEXT("s@ft"),
			.realm = UR_TEXT("acme.example"),
			.ring_order = 70000,
			.ring_specific = 1,
			.status = UR_TEXT("disabled")};
	devices[1].ring_delay_sec = 600;
	devices[1].ring_for_sec = 599;
	devices[2].realm = UR_TEXT("");
	devices[2].number = UR_TEXT("491701");
	devices[2].ring_delay_sec = 2;
	publish(ur_draft_user(
			&ur_test_shot.room.draft, &row, devices, 3, rules, 2));
	row = ur_test_user_row(number + 1, "us_2", "1002");
	row.status = UR_TEXT("disabled");
	row.ring_strategy = UR_TEXT("specific");
	devices[0].auth_username = UR_TEXT("desk-2");
	devices[1].auth_username = UR_TEXT("s@ft-2");
	publish(ur_draft_user(&ur_test_shot.room.draft, &row, devices, 3, NULL, 0));
}

static void fill_targets(uint32_t number)
{
	struct ur_draft *draft = &ur_test_shot.room.draft;
	struct ur_extension_row extension = {.account = number,
			.id = UR_TEXT("ext_1"),
			.digits = UR_TEXT("200"),
			.status = UR_TEXT("active"),
			.target = {UR_TEXT_INIT("queue"), UR_TEXT_INIT("q1")}};
	struct ur_did_row did = {.account = number,
			.e164 = UR_TEXT("4930100"),
			.status = UR_TEXT("active"),
			.target = {UR_TEXT_INIT("user"), UR_TEXT_INIT("us_1")}};
	struct ur_target_row target = {.account_id = UR_TEXT("acc_1"),
			.target = {UR_TEXT_INIT("queue"), UR_TEXT_INIT("q1")},
			.address = UR_TEXT("sip:q1@media.example")};

	publish(ur_draft_extension(draft, &extension));
	extension.id = UR_TEXT("ext_2");
	extension.digits = UR_TEXT("201");
	extension.status = UR_TEXT("disabled");
	publish(ur_draft_extension(draft, &extension));
	publish(ur_draft_did(draft, &did));
	did.e164 = UR_TEXT("4930101");
	did.status = UR_TEXT("disabled");
	publish(ur_draft_did(draft, &did));
	publish(ur_draft_target(draft, &target));
	target.target.id = UR_TEXT("q2");
	target.address = UR_TEXT("");
	publish(ur_draft_target(draft, &target));
	publish(ur_draft_target_kind(
			draft, UR_TEXT("queue"), UR_TEXT("sip:{id}@queue.example")));
	publish(ur_draft_target_kind(draft, UR_TEXT("flow"), UR_TEXT("")));
	publish(ur_draft_target_host(draft, UR_TEXT("media.example")));
	publish(ur_draft_target_host(draft, UR_TEXT("10.0.0.9")));
}

static void fill_conditions(uint32_t number)
{
	static struct ur_draft_hours hours = {
			2, {{29000000, 29000480}, {29001000, 29001001}}};
	static const struct ur_draft_hours none;
	struct ur_draft *draft = &ur_test_shot.room.draft;
	struct ur_schedule_row schedule = {.account = number,
			.id = UR_TEXT("sch_1"),
			.name = UR_TEXT("Office"),
			.windows = UR_TEXT("mon-fri 08:00-16:00 Europe/Berlin"),
			.known_from = 28999999,
			.known_to = 29090000};
	struct ur_caller_list_row list = {
			.account = number, .id = UR_TEXT("cl_1"), .name = UR_TEXT("VIPs")};
	const struct ur_text entries[] = {UR_TEXT_INIT("alice@acme.example"),
			UR_TEXT_INIT("201"), UR_TEXT_INIT("+4930")};

	publish(ur_draft_schedule(draft, &schedule, &hours));
	schedule = (struct ur_schedule_row){.account = number,
			.id = UR_TEXT("sch_2"),
			.known_to = 29080000,
			.is_over = 1};
	publish(ur_draft_schedule(draft, &schedule, &none));
	publish(ur_draft_caller_list(draft, &list, entries, 3));
	list = (struct ur_caller_list_row){
			.account = number, .id = UR_TEXT("cl_2")};
	publish(ur_draft_caller_list(draft, &list, NULL, 0));
}

/* One with all that it can have; one of the other account, with nothing optional. */
static void fill_groups(uint32_t number)
{
	struct ur_group_row row = {.account = number,
			.id = UR_TEXT("grp_1"),
			.name = UR_TEXT("Sales"),
			.strategy = UR_TEXT("round_robin"),
			.ring_timeout_sec = 600,
			.member_rules = UR_TEXT("follow"),
			.skip_busy = 1,
			.cid_name_prefix = UR_TEXT("S: "),
			.alert_info = UR_TEXT("<sip:x>;info=two"),
			.forward_busy = {UR_TEXT_INIT("hangup"), UR_TEXT_INIT("486")},
			.forward_no_answer = {UR_TEXT_INIT("user"), UR_TEXT_INIT("us_2")}};
	const struct ur_group_member_row members[] = {
			{.position = 7,
					.kind = UR_TEXT_INIT("number"),
					.id = UR_TEXT_INIT("491701"),
					.ring_delay_sec = 600,
					.ring_for_sec = 599},
			{.position = -2,
					.kind = UR_TEXT_INIT("device"),
					.id = UR_TEXT_INIT("dev_1"),
					.user_id = UR_TEXT_INIT("us_1"),
					.enabled = 1},
			{.position = 8,
					.kind = UR_TEXT_INIT("ring_group"),
					.id = UR_TEXT_INIT("grp_2"),
					.enabled = 1},
			{.position = 9,
					.kind = UR_TEXT_INIT("user"),
					.id = UR_TEXT_INIT("us_2"),
					.enabled = 1}};

	publish(ur_draft_group(&ur_test_shot.room.draft, &row, members, 4));
	row = (struct ur_group_row){.account = number + 1,
			.id = UR_TEXT("grp_2"),
			.strategy = UR_TEXT("simultaneous"),
			.ring_timeout_sec = 1,
			.member_rules = UR_TEXT("none"),
			.count_missed = 1};
	publish(ur_draft_group(&ur_test_shot.room.draft, &row, NULL, 0));
}

void ur_test_shot_fill(void)
{
	uint32_t number = ur_writer_account(&ur_test_shot.writer, UR_TEXT("acc_1"));

	if(number == 0) {
		number = ur_writer_new_account(&ur_test_shot.writer);
		ur_writer_new_account(&ur_test_shot.writer);
	}
	fill_account(number);
	fill_users(number);
	fill_targets(number);
	fill_conditions(number);
	fill_groups(number);
}

void ur_test_shot_user(int i, const char *display_name)
{
	struct ur_writer *writer = &ur_test_shot.writer;
	char id[16], desk[24], soft[24], account[16];
	struct ur_device_row devices[2];
	struct ur_user_row row;
	uint32_t number;

	snprintf(account, sizeof(account), "acc_%d", i % 10);
	snprintf(id, sizeof(id), "u%d", i);
	snprintf(desk, sizeof(desk), "%d-desk", i);
	snprintf(soft, sizeof(soft), "%d-soft", i);
	number = ur_writer_account(writer, ur_test_text(account));
	if(number == 0) {
		number = ur_writer_new_account(writer);
		ck_assert_int_eq(
				ur_test_publish_account(writer, number, account, account), 0);
	}
	row = ur_test_user_row(number, id, id);
	row.display_name = ur_test_text(display_name);
	devices[0] = ur_test_device_row(desk, desk);
	devices[1] = ur_test_device_row(soft, soft);
	publish(ur_draft_user(&ur_test_shot.room.draft, &row, devices, 2, NULL, 0));
}

void ur_test_shot_crowd(int users)
{
	int i;

	for(i = 0; i < users; i++)
		ur_test_shot_user(i, "A name of some length");
}

/* ---- the file */

int ur_test_shot_write(void)
{
	int turns = 1;

	while(ur_snapshot_turn(ur_test_shot.snapshot))
		turns++;
	return turns;
}

int ur_test_shot_reload(char error[256])
{
	struct ur_snapshot_header header;

	free_table();
	new_table();
	ur_test_shot.skips = (struct ur_skips){0};
	return ur_snapshot_load(ur_test_shot_path("snapshot"), NULL,
			&ur_test_shot.writer, &ur_test_shot.skips, &header, error);
}

uint8_t *ur_test_shot_bytes(const char *name, size_t *size)
{
	FILE *file = fopen(ur_test_shot_path(name), "r");
	struct stat st;
	uint8_t *data;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fstat(fileno(file), &st), 0);
	*size = (size_t)st.st_size;
	data = malloc(*size + 1);
	ck_assert_uint_eq(fread(data, 1, *size, file), *size);
	fclose(file);
	return data;
}

void ur_test_shot_put(const char *name, const void *data, size_t size)
{
	const char *path = ur_test_shot_path(name);
	FILE *file;

	remove(path);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	fclose(file);
	ck_assert_int_eq(chmod(path, 0600), 0);
}

struct stat ur_test_shot_stat(const char *name)
{
	struct stat st = {0};

	ck_assert_int_eq(lstat(ur_test_shot_path(name), &st), 0);
	return st;
}

bool ur_test_shot_exists(const char *name)
{
	return access(ur_test_shot_path(name), F_OK) == 0;
}

struct ur_table_stats ur_test_shot_stats(void)
{
	struct ur_table_stats stats;

	ur_table_stats(ur_test_shot.table, &stats);
	return stats;
}

struct ur_mirror_report ur_test_shot_report(void)
{
	struct ur_mirror_report report;

	ur_state_report(ur_test_shot.state, &report);
	return report;
}

/* Of a file of one block. */
void ur_test_shot_seal(uint8_t *data, size_t size)
{
	struct ur_snapshot_header header;
	uint64_t checksum;

	(void)ur_snapshot_format_decode_header(&header, &checksum, data, size);
	header.size = size - UR_SNAPSHOT_HEADER_SIZE;
	ck_assert_uint_le(header.size, UR_SNAPSHOT_BLOCK);
	header.sum = ur_snapshot_format_sum(
			0, data + UR_SNAPSHOT_HEADER_SIZE, header.size);
	ur_snapshot_format_encode_header(&header, data);
}
