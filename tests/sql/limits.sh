#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two sessions that add the last device of a user at once: one of them is refused.
# shellcheck source=include/tap.sh
. "$(dirname "$0")/include/tap.sh"
new_database "${PGDATABASE}_limits"
export PGDATABASE
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -c "INSERT INTO account (id) VALUES ('acc_1'); INSERT INTO sip_user (id, account_id, username) VALUES ('us_1', 'acc_1', '1'), ('us_2', 'acc_1', '2');
        INSERT INTO sip_device (user_id, auth_username, realm) SELECT 'us_1', n, 'a' FROM generate_series(1, 199) AS n;
        INSERT INTO cid_number SELECT 'acc_1', n, 1 FROM generate_series(1000, 1998) AS n"

# What a session is told that writes while the transaction of another one is open.
second() { # STATEMENT-OF-THE-FIRST STATEMENT
	export SECOND="$2"
	psql -XqAt -v ON_ERROR_STOP=1 <<-END
	BEGIN;
	$1;
	\! { psql -XqAt -c "\$SECOND" 2>&1; echo end; } >$said &
	SELECT FROM pg_sleep(1);
	COMMIT;
	END
	while ! grep -q '^end$' "$said"; do sleep 0.1; done
	grep ERROR "$said"
}
said=$(mktemp)
trap 'rm "$said"' EXIT
device="INSERT INTO sip_device (user_id, auth_username, realm) VALUES"
is "$(second "$device ('us_1', 'x', 'a')" "$device ('us_1', 'y', 'a')")" \
	'ERROR:  user "us_1" would have 201 devices: 200 is the most' "two devices at once, one too many"
is "$(ask -c "SELECT count(*) FROM sip_device WHERE user_id = 'us_1'")" 200 "the first one is there"
is "$(second "INSERT INTO sip_domain VALUES ('a.example', 'acc_1')" "INSERT INTO cid_number VALUES ('acc_1', '4930', 1)")" \
	'ERROR:  account "acc_1" would have 1001 domains and verified numbers: 1,000 is the most' "a domain and a number at once, one too many"

# A schedule that moves to another account while a rule begins to use it, and the other way round; and a rule that goes to
# another user while the schedule and its old user move.
ask -c "INSERT INTO account (id) VALUES ('acc_2'); INSERT INTO schedule (id, account_id) VALUES ('sch_1', 'acc_1'), ('sch_2', 'acc_1'), ('sch_3', 'acc_1');
        INSERT INTO sip_user (id, account_id, username) VALUES ('us_3', 'acc_1', '3');
        INSERT INTO user_rule (id, user_id, position, event, schedule_id, action) VALUES ('rule_3', 'us_3', 1, 'busy', 'sch_3', 'reject')"
rule="INSERT INTO user_rule (id, user_id, position, event, schedule_id, action) VALUES"
is "$(second "$rule ('rule_1', 'us_2', 1, 'busy', 'sch_1', 'reject')" "UPDATE schedule SET account_id = 'acc_2' WHERE id = 'sch_1'")" \
	'ERROR:  schedule "sch_1" can'"'"'t move to another account: rule "rule_1" of user "us_2" needs it in this one' "a rule, and its schedule moves"
is "$(second "UPDATE schedule SET account_id = 'acc_2' WHERE id = 'sch_2'" "$rule ('rule_2', 'us_2', 2, 'busy', 'sch_2', 'reject')")" \
	'ERROR:  rule "rule_2" of user "us_2": schedule "sch_2" belongs to another account' "a schedule moves, and a rule begins to use it"
is "$(second "SET CONSTRAINTS ALL DEFERRED; UPDATE schedule SET account_id = 'acc_2' WHERE id = 'sch_3'; UPDATE sip_user SET account_id = 'acc_2' WHERE id = 'us_3'; SET CONSTRAINTS ALL IMMEDIATE" \
	"UPDATE user_rule SET user_id = 'us_2', position = 3 WHERE id = 'rule_3'")" \
	'ERROR:  rule "rule_3" of user "us_2": schedule "sch_3" belongs to another account' "a schedule moves with its user, and the rule goes to another one"
# The same of groups and their members.
ask -c "INSERT INTO ring_group (id, account_id) SELECT 'grp_' || n, 'acc_1' FROM generate_series(1, 5) AS n; INSERT INTO ring_group (id, account_id) VALUES ('grp_x', 'acc_2');
        INSERT INTO sip_user (id, account_id, username) SELECT 'us_m' || n, 'acc_1', 'm' || n FROM generate_series(1, 5) AS n; INSERT INTO sip_user (id, account_id, username) VALUES ('us_x', 'acc_2', 'x');
        INSERT INTO sip_device (id, user_id, number) SELECT 'dev_m' || n, 'us_m' || n, '49170' FROM generate_series(1, 5) AS n"
member="INSERT INTO ring_group_member (group_id, position, member_kind, member_id) VALUES"
stays="can't move to another account:"
is "$(second "$member ('grp_1', 1, 'user', 'us_m1')" "UPDATE sip_user SET account_id = 'acc_2' WHERE id = 'us_m1'")" \
	"ERROR:  sip_user \"us_m1\" $stays user \"us_m1\" is a member of ring group \"grp_1\"" "a member, and the user moves"
is "$(second "$member ('grp_1', 2, 'device', 'dev_m2')" "UPDATE sip_user SET account_id = 'acc_2' WHERE id = 'us_m2'")" \
	"ERROR:  sip_user \"us_m2\" $stays device \"dev_m2\" is a member of ring group \"grp_1\"" "a device that is a member, and its user moves"
is "$(second "$member ('grp_1', 3, 'device', 'dev_m3')" "UPDATE sip_device SET user_id = 'us_x' WHERE id = 'dev_m3'")" \
	"ERROR:  sip_device \"dev_m3\" $stays device \"dev_m3\" is a member of ring group \"grp_1\"" "a member, and another account's user gets the device"
is "$(second "$member ('grp_1', 4, 'ring_group', 'grp_2')" "UPDATE ring_group SET account_id = 'acc_2' WHERE id = 'grp_2'")" \
	"ERROR:  ring_group \"grp_2\" $stays ring group \"grp_2\" is a member of ring group \"grp_1\"" "a member, and that group moves"
is "$(second "UPDATE sip_user SET account_id = 'acc_2' WHERE id = 'us_m4'" "$member ('grp_1', 5, 'device', 'dev_m4')")" \
	'ERROR:  ring group "grp_1": device "dev_m4" belongs to another account' "a user moves, and the device becomes a member"
is "$(second "UPDATE sip_device SET user_id = 'us_x' WHERE id = 'dev_m5'" "$member ('grp_1', 6, 'device', 'dev_m5')")" \
	'ERROR:  ring group "grp_1": device "dev_m5" belongs to another account' "another account's user gets a device that becomes a member"
is "$(second "UPDATE ring_group SET account_id = 'acc_2' WHERE id = 'grp_3'" "$member ('grp_3', 1, 'user', 'us_m5')")" \
	'ERROR:  ring group "grp_3": user "us_m5" belongs to another account' "a group moves and gets a member"
ask -c "INSERT INTO ring_group_member (group_id, position, member_kind, member_id) SELECT 'grp_4', n, 'number', 1000 + n FROM generate_series(1, 99) AS n"
is "$(second "$member ('grp_4', 100, 'number', '4930')" "$member ('grp_4', 101, 'number', '4931')")" \
	'ERROR:  ring group "grp_4" would have 101 members: 100 is the most' "two members at once, one too many"
finish
