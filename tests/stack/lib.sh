# What up and down share: where things are, how servers are asked for and stopped.
# shellcheck shell=bash
#
# SPDX-License-Identifier: GPL-2.0-or-later

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RUN_DIR=$(realpath -m "${RUN_DIR:-$root/run}")
env_file=$RUN_DIR/env
PATH=$PATH:/usr/sbin # Kamailio is there; an ordinary user's PATH lacks it

say() { echo "$*" >&2; }
die() {
	say "$(basename "$0"): $*"
	exit 1
}

# A pid is ours if the process was started with a path of this stack: the number
# may have gone to another process since.
is_ours() { # pid, a word of its command line
	[[ -n $1 && -r /proc/$1/cmdline ]] && tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | grep -qxF -- "$2"
}

kamailio_runs() {
	is_ours "${KAMAILIO_PID:-}" "$RUN_DIR/kamailio.cfg"
}

postgres_runs() {
	is_ours "${POSTGRES_PID:-}" "${STATE_DIR:-}/pg"
}

# Does a child of this shell still run? Not asked by its command line, which is empty
# for a moment when the child executes the next program.
child_lives() { # pid
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null && [[ ! $stat =~ \)\ Z\  ]]
}

# Waits until a command succeeds.
wait_for() { # seconds, command...
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return 1
		sleep 0.05
	done
}

# Kamailio leads a session of its own, and its children outlive it when it is
# killed. So it is gone when nothing of that session is left.
kamailio_gone() {
	local file stat
	for file in /proc/[0-9]*/stat; do
		# pid (name) state ppid pgrp session ...
		{ read -r stat <"$file"; } 2>/dev/null || continue
		if [[ $stat =~ \)\ [A-Z]\ [0-9]+\ $KAMAILIO_PID\ $KAMAILIO_PID\  ]] &&
			is_ours "${stat%% *}" "$RUN_DIR/kamailio.cfg"; then
			return 1
		fi
	done
}

stop_kamailio() {
	[[ -n ${KAMAILIO_PID:-} ]] || return 0
	! kamailio_runs || kill -TERM "$KAMAILIO_PID" || true
	wait_for "$(kamailio_runs && echo 10 || echo 0)" kamailio_gone || {
		say "killing what is left of kamailio ($KAMAILIO_PID)"
		kill -KILL -- "-$KAMAILIO_PID" || true
	}
}

# INT is PostgreSQL's fast shutdown; TERM would wait for its clients.
stop_postgres() {
	postgres_runs || return 0
	kill -INT "$POSTGRES_PID" || true
	wait_for 10 postgres_gone || {
		say "postgres ($POSTGRES_PID) does not stop, killing it"
		kill -KILL "$POSTGRES_PID" || true
	}
}
postgres_gone() { ! postgres_runs; }

gone() { ! is_ours "$1" "$2"; }

# What was started beside them, each known by a word of its command line.
stop_beside() {
	local helper pid word
	for helper in "${PAGE_PID:-} $RUN_DIR/page" "${RTPENGINE_PID:-} --pidfile=$RUN_DIR/rtpengine.pid" "${MEDIA_PID:-} -rtp_echo" "${GATEWAY_PID:-} -rtp_echo"; do
		read -r pid word <<<"$helper"
		! is_ours "$pid" "$word" || { kill -TERM "$pid" && wait_for 5 gone "$pid" "$word"; } || true
	done
}

stop_servers() {
	stop_kamailio
	stop_postgres
	stop_beside
}

# All but the logs.
remove_state() {
	[[ -z ${STATE_DIR:-} ]] || rm -rf "$STATE_DIR/pg" "$STATE_DIR/ctl.sock"
	[[ ${STATE_DIR:-$RUN_DIR} == "$RUN_DIR" ]] || rmdir "$STATE_DIR" 2>/dev/null || true
	rm -rf "$env_file" "$RUN_DIR/kamailio.cfg" "$RUN_DIR/kamailio.pid" "$RUN_DIR/page" "$RUN_DIR/tls" "$RUN_DIR/phones" \
		"$RUN_DIR/gateways" "$RUN_DIR/rtpengine.pid"
}

# -DD: what is started here is the main process itself, not the parent of it.
start_kamailio() {
	# shellcheck disable=SC2086 # KAMAILIO_RUN is a command and its options
	setsid ${KAMAILIO_RUN:-} kamailio -f "$RUN_DIR/kamailio.cfg" -P "$RUN_DIR/kamailio.pid" -w "$RUN_DIR" \
		-Y "$STATE_DIR" -m "$KAMAILIO_SHM" -M 16 -DD -E </dev/null >>"$KAMAILIO_LOG" 2>&1 &
	KAMAILIO_PID=$!
}

# What others need to know of the stack.
write_env() {
	local name
	(umask 077 && for name in DATABASE_URL SIP_HOST SIP_PORT SIP_DOMAIN CTL_SOCKET KAMAILIO_PID POSTGRES_PID KAMAILIO_SHM \
		KAMAILIO_LOG POSTGRES_LOG RUN_DIR STATE_DIR PGPORT SAMPLE_PASSWORD PAGE_PID RTPENGINE_PID MEDIA_PID GATEWAY_PID WS TLS OUTSIDE \
		host WS_PORT WSS_PORT PAGE_PORT TLS_PORT; do
		echo "$name=${!name@Q}"
	done >"$env_file.new")
	mv "$env_file.new" "$env_file"
}
