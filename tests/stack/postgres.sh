# A private PostgreSQL cluster in STATE_DIR/pg with the schema, roles and sample data.
# It is a toy: without fsync, gone with "down".
# shellcheck shell=bash
#
# SPDX-License-Identifier: GPL-2.0-or-later

find_postgres() {
	pg_bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
	[[ -x $pg_bin/initdb ]] || die "PostgreSQL's server is not installed: apt-get install postgresql"
}

# PostgreSQL refuses to run as root.
pg_user=$(id -un)
as_postgres=()
if ((EUID == 0)); then
	pg_user=postgres
	as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi

# The name of a kept cluster: by PostgreSQL's version, its owner, and all that its database was made of.
template_name() {
	local made_by
	made_by=$( (cd "$root/sql" && find . -type f | LC_ALL=C sort | xargs sha256sum && echo "$SIP_DOMAIN $SAMPLE_PASSWORD") | sha256sum)
	echo "cluster-$(basename "$(dirname "$pg_bin")")-$pg_user-${made_by:0:16}"
}

# To make one takes most of a start, so it is kept.
make_cluster() {
	local template
	template=$BUILD_DIR/$(template_name)
	if [[ -d $template ]]; then
		cp -a "$template" "$STATE_DIR/pg"
		return
	fi
	install -d -m 700 -o "$pg_user" "$STATE_DIR/pg"
	"${as_postgres[@]}" "$pg_bin/initdb" -D "$STATE_DIR/pg" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
		--auth-local=peer --auth-host=scram-sha-256 --no-sync >"$SETUP_LOG" 2>&1 ||
		fail "initdb failed" "$SETUP_LOG"
	echo "include 'stack.conf'" >>"$STATE_DIR/pg/postgresql.conf"
	install -m 600 -o "$pg_user" /dev/null "$STATE_DIR/pg/stack.conf"
	run_postgres
	fill_database >"$SETUP_LOG" 2>&1 || fail "the database could not be filled" "$SETUP_LOG"
	"${as_postgres[@]}" "$pg_bin/pg_ctl" -D "$STATE_DIR/pg" -m fast -w stop >"$SETUP_LOG" 2>&1 || fail "PostgreSQL did not stop" "$SETUP_LOG"
	keep_as "$template"
}

# Under another name first: two stacks may start at once. Not being able to is no error.
keep_as() { # template
	mkdir -p "$BUILD_DIR" 2>/dev/null && [[ -w $BUILD_DIR ]] || return 0
	cp -a "$STATE_DIR/pg" "$1.$$"
	mv -T "$1.$$" "$1" 2>/dev/null || rm -rf "$1.$$"
}

# By the socket, in the cluster's own folder, only who started the stack gets in;
# everybody else needs a password.
configure_cluster() {
	cat >"$STATE_DIR/pg/stack.conf" <<-END
	listen_addresses = '127.0.0.1'
	port = $PGPORT
	unix_socket_directories = '$STATE_DIR/pg'
	fsync = off
	synchronous_commit = off
	full_page_writes = off
	shared_buffers = 32MB
	log_line_prefix = '%m [%p] %u '
	END
	cat >"$STATE_DIR/pg/pg_hba.conf" <<-END
	local all all peer map=stack
	host all all 127.0.0.1/32 scram-sha-256
	END
	echo "stack $(id -un) postgres" >"$STATE_DIR/pg/pg_ident.conf"
}

socket_url() { # database
	echo "host=$STATE_DIR/pg port=$PGPORT user=postgres dbname=$1"
}

sql() { # psql's options; statements from stdin
	psql -Xq -v ON_ERROR_STOP=1 "$(socket_url "${database:-user_routing}")" "$@"
}

random_password() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# One chain: errexit does not hold in a function whose status is looked at.
fill_database() {
	database=postgres sql <<<"CREATE DATABASE user_routing" &&
		"$root/sql/apply" "$(socket_url user_routing)" &&
		sql -f "$root/sql/roles.sql" &&
		sql -v sip_domain="$SIP_DOMAIN" -v password="$SAMPLE_PASSWORD" -f "$root/sql/sample.sql"
}

set_passwords() {
	local owner_password
	owner_password=$(random_password)
	module_password=$(random_password)
	# shellcheck disable=SC2034 # goes into env
	DATABASE_URL=postgresql://postgres:$owner_password@127.0.0.1:$PGPORT/user_routing
	sql <<-END
	ALTER ROLE postgres PASSWORD '$owner_password';
	ALTER ROLE user_routing PASSWORD '$module_password';
	END
}

accepts_connections() {
	"$pg_bin/pg_isready" -q -h "$STATE_DIR/pg" -p "$PGPORT"
}

up_or_dead() { accepts_connections || ! child_lives "$POSTGRES_PID"; }

run_postgres() {
	configure_cluster
	setsid "${as_postgres[@]}" "$pg_bin/postgres" -D "$STATE_DIR/pg" </dev/null >"$POSTGRES_LOG" 2>&1 &
	POSTGRES_PID=$!
	wait_for 60 up_or_dead || true
	accepts_connections || fail "PostgreSQL did not start" "$POSTGRES_LOG"
}

start_postgres() {
	make_cluster
	run_postgres
	set_passwords >"$SETUP_LOG" 2>&1 || fail "no passwords could be set" "$SETUP_LOG"
}
