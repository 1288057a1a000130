/*
 * Extensions, route targets, their kinds and an account's numbers in the mirror, on a real
 * PostgreSQL: committed rows arrive, deleted ones go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "support/mirror.h"
#include "support/suite.h"

#define ck_soon_str(call, value) UR_TEST_UNTIL(strcmp(call, value) == 0, 10000)

/* The number of acc_1, which has the domain. */
static uint32_t account_number(void)
{
	const struct ur_account *account =
			ur_table_account_by_domain(ur_test_table, UR_TEXT("acme.example"));
	uint32_t number = account != NULL ? account->number : 0;

	ur_table_account_put(account);
	return number;
}

/* "kind:id", or "" when there is no such extension; with a * when disabled. */
static const char *extension(const char *digits)
{
	static char text[100];
	const struct ur_extension *e = ur_table_extension_by_digits(ur_test_table,
			account_number(), (struct ur_text){digits, strlen(digits)});
	struct ur_target target;

	if(e == NULL)
		return "";
	target = ur_extension_target(e);
	snprintf(text, sizeof(text), "%.*s:%.*s%s", target.kind.len, target.kind.s,
			target.id.len, target.id.s, e->active ? "" : "*");
	ur_table_extension_put(e);
	return text;
}

/* The address of queue:ID, "-" for an empty one, or "" when there is none. */
static const char *queue(const char *id)
{
	static char text[100];
	const struct ur_target name = {UR_TEXT_INIT("queue"), {id, strlen(id)}};
	const struct ur_route_target *target =
			ur_table_target(ur_test_table, account_number(), name);
	struct ur_text address;

	if(target == NULL)
		return "";
	address = ur_slice_text(target, target->address);
	snprintf(text, sizeof(text), "%.*s", address.len, address.s);
	ck_assert(ur_text_equal(ur_slice_text(target, target->kind), name.kind));
	ck_assert(ur_text_equal(ur_slice_text(target, target->id), name.id));
	ur_table_target_put(target);
	return text[0] != '\0' ? text : "-";
}

static const char *template_of(const char *kind)
{
	static char text[100];
	const struct ur_target_kind *record =
			ur_table_kind(ur_test_table, (struct ur_text){kind, strlen(kind)});
	struct ur_text uri;

	if(record == NULL)
		return "";
	uri = ur_slice_text(record, record->uri_template);
	snprintf(text, sizeof(text), "%.*s", uri.len, uri.s);
	ur_table_kind_put(record);
	return text;
}

/* "2 domains: 4930100 4930200" */
static const char *numbers(void)
{
	static char text[200];
	const struct ur_account *account =
			ur_table_account_by_domain(ur_test_table, UR_TEXT("acme.example"));
	int len =
			snprintf(text, sizeof(text), "%d domains:", account->domain_count);
	int i;

	for(i = 0; i < account->number_count; i++) {
		struct ur_text number = ur_account_number(account, i);

		len += snprintf(
				text + len, sizeof(text) - len, " %.*s", number.len, number.s);
	}
	ur_table_account_put(account);
	return text;
}

START_TEST(extensions_come_change_and_go)
{
	const struct ur_extension *e;

	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO extension (id, account_id, digits, dest_kind,"
					" dest_id) VALUES"
					" ('ext_a', 'acc_1', '200', 'user', 'us_a'),"
					" ('ext_b', 'acc_2', '200', 'user', 'us_c')");
	ck_soon_str(extension("200"), "user:us_a");
	ck_assert_uint_eq(ur_test_stats().extensions, 2);
	e = ur_table_extension_by_id(ur_test_table, UR_TEXT("ext_b"));
	ck_assert_ptr_nonnull(e);
	ck_assert_uint_ne(e->account, account_number());
	ur_table_extension_put(e);
	ur_test_db_exec("UPDATE extension SET digits = '201', dest_kind = 'queue',"
					" dest_id = 'q', status = 'disabled' WHERE id = 'ext_a'");
	ck_soon_str(extension("201"), "queue:q*");
	ck_assert_str_eq(extension("200"), "");
	ur_test_db_exec("DELETE FROM extension WHERE id = 'ext_a'");
	ck_soon_str(extension("201"), "");
	ck_assert_uint_eq(ur_test_stats().extensions, 1);
}
END_TEST

START_TEST(targets_come_change_and_go)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO route_target VALUES"
					" ('acc_1', 'queue', 'q', NULL),"
					" ('acc_2', 'queue', 'q', 'sip:other@x'),"
					" ('acc_1', 'voicemail', 'q', 'sip:vm@x')");
	ck_soon_str(queue("q"), "-");
	ck_assert_uint_eq(ur_test_stats().targets, 3);
	ur_test_db_exec("UPDATE route_target SET address = 'sip:q@10.0.0.1'"
					" WHERE account_id = 'acc_1' AND kind = 'queue'");
	ck_soon_str(queue("q"), "sip:q@10.0.0.1");
	ur_test_db_exec("UPDATE route_target SET id = 'p'"
					" WHERE account_id = 'acc_1' AND kind = 'queue'");
	ck_soon_str(queue("p"), "sip:q@10.0.0.1");
	ck_assert_str_eq(queue("q"), "");
	ur_test_db_exec("DELETE FROM route_target WHERE account_id = 'acc_1'"
					" AND kind = 'queue'");
	ck_soon_str(queue("p"), "");
	ck_assert_uint_eq(ur_test_stats().targets, 2);
}
END_TEST

START_TEST(kinds_change)
{
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(template_of("user"), "");
	ck_assert_str_ne(template_of("queue"), "");
	ur_test_db_exec("UPDATE route_target_kind SET uri_template = 'sip:{id}@mq'"
					" WHERE kind = 'queue'");
	ck_soon_str(template_of("queue"), "sip:{id}@mq");
	ur_test_db_exec(
			"INSERT INTO route_target_kind VALUES ('fax', 'sip:{id}@f')");
	ck_soon_str(template_of("fax"), "sip:{id}@f");
	ur_test_db_exec("DELETE FROM route_target_kind WHERE kind = 'fax'");
	ck_soon_str(template_of("fax"), "");
}
END_TEST

/* "listed", "not listed", or "any" as the list is empty. */
static const char *listing(const char *host)
{
	bool is_empty;

	if(ur_table_lists_host(ur_test_table,
			   (struct ur_text){host, (int)strlen(host)}, &is_empty))
		return "listed";
	return is_empty ? "any" : "not listed";
}

START_TEST(hosts_come_change_and_go)
{
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(listing("a.example"), "any");
	ur_test_db_exec("INSERT INTO target_host VALUES ('a.example'), ('[::1]')");
	ck_soon_str(listing("a.example"), "listed");
	ck_assert_str_eq(listing("[::1]"), "listed");
	ck_assert_str_eq(listing("b.example"), "not listed");
	ck_assert_uint_eq(ur_test_stats().target_hosts, 2);
	ur_test_db_exec("UPDATE target_host SET host = 'b.example'"
					" WHERE host = 'a.example'");
	ck_soon_str(listing("b.example"), "listed");
	ck_assert_str_eq(listing("a.example"), "not listed");
	ur_test_db_exec("DELETE FROM target_host");
	ck_soon_str(listing("b.example"), "any");
}
END_TEST

START_TEST(only_verified_numbers_are_there)
{
	UR_TEST_UNTIL_READY();
	ck_assert_str_eq(numbers(), "2 domains:");
	ur_test_db_exec("INSERT INTO cid_number VALUES ('acc_1', '4930200', 1),"
					" ('acc_1', '4930100', 1), ('acc_1', '4930999', 0),"
					" ('acc_2', '4930300', 1)");
	ck_soon_str(numbers(), "2 domains: 4930100 4930200");
	ur_test_db_exec("UPDATE cid_number SET verified = 1 - verified"
					" WHERE account_id = 'acc_1' AND e164 <> '4930100'");
	ck_soon_str(numbers(), "2 domains: 4930100 4930999");
	ur_test_db_exec("DELETE FROM cid_number WHERE e164 = '4930100';"
					"DELETE FROM sip_domain WHERE domain = 'acme.test'");
	ck_soon_str(numbers(), "1 domains: 4930999");
}
END_TEST

/* All that an account has goes with it, and comes back with a resync. */
START_TEST(account_goes_with_everything)
{
	UR_TEST_UNTIL_READY();
	ur_test_db_exec("INSERT INTO route_target VALUES"
					" ('acc_1', 'queue', 'q', 'sip:q@x');"
					"INSERT INTO extension (id, account_id, digits, dest_kind,"
					" dest_id) VALUES ('ext_a', 'acc_1', '200', 'queue', 'q')");
	ck_soon_str(queue("q"), "sip:q@x");
	ur_state_request_resync(ur_test_state);
	UR_TEST_UNTIL(ur_test_report().resyncs == 2, 10000);
	ck_assert_str_eq(queue("q"), "sip:q@x");
	ck_assert_str_eq(extension("200"), "queue:q");
	ur_test_db_exec("DELETE FROM account WHERE id = 'acc_1'");
	UR_TEST_UNTIL(ur_test_stats().targets == 0, 10000);
	UR_TEST_UNTIL(ur_test_stats().extensions == 0, 10000);
	ck_assert_uint_eq(ur_test_stats().accounts, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {extensions_come_change_and_go,
			targets_come_change_and_go, kinds_change, hosts_come_change_and_go,
			only_verified_numbers_are_there, account_goes_with_everything,
			NULL};
	const struct ur_test_suite suite = {.name = "targets",
			.start = ur_test_cluster_setup,
			.stop = ur_test_cluster_teardown,
			.setup = ur_test_mirror_sample,
			.teardown = ur_test_mirror_free};

	return ur_test_suite_run(&suite, tests);
}
