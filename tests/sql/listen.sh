#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A session with the module's rights hears of changes that another session commits, and of no others.
# shellcheck source=include/tap.sh
. "$(dirname "$0")/include/tap.sh"
new_database "${PGDATABASE}_listen"
export PGDATABASE
"$sql/apply" "dbname=$PGDATABASE" >/dev/null
ask -f "$sql/roles.sql" -f "$sql/sample.sql"

# What a listener is told of the statements another session runs; psql looks at the end of each command.
heard() {
	export STATEMENTS="$1"
	psql -XqAt -v ON_ERROR_STOP=1 <<-'END' 2>&1 | sed -n 's/^Asynchronous notification "user_routing" with payload "//; s/" received from .*//; p'
	SET ROLE user_routing;
	LISTEN user_routing;
	\! psql -XqAt -v ON_ERROR_STOP=1 -c "$STATEMENTS"
	RESET ROLE;
	END
}

is "$(heard "UPDATE sip_user SET dnd = 1 WHERE id = 'us_alice'")" "user us_alice" "a user"
is "$(heard "UPDATE sip_device SET available = 0 WHERE user_id IN ('us_alice', 'us_bob')" | sort)" "user us_alice
user us_bob" "the users of devices, once each"
is "$(heard "UPDATE sip_device SET ha1 = md5('new') WHERE user_id = 'us_alice'")" "user us_alice" "a new password: whose, and nothing of it"
is "$(heard "BEGIN; UPDATE sip_user SET dnd = 0; ROLLBACK")" "" "nothing of what was rolled back"
is "$(heard "BEGIN; UPDATE account SET status = 'suspended'; INSERT INTO extension VALUES ('ext_1', 'acc_acme', '1', 'hangup', '486'); COMMIT")" \
	"account acc_acme
extension ext_1" "two statements of a transaction, in order"
is "$(heard "INSERT INTO sip_user (account_id, username) SELECT 'acc_acme', 'n' || n FROM generate_series(1, 20001) AS n;
             DELETE FROM sip_user WHERE username LIKE 'n%'")" "resync" "thousands in one transaction: one resync"
is "$(heard "TRUNCATE cid_number")" "resync" "TRUNCATE"
finish
