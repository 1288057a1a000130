# Where calls leave for: a media server (voicemail, queues) and a gateway. SIPp plays them: it answers each call, and returns
# the sound.
# shellcheck shell=bash
#
# SPDX-License-Identifier: GPL-2.0-or-later

MEDIA_HOST=${MEDIA_HOST:-127.0.0.10} GATEWAY_HOST=${GATEWAY_HOST:-127.0.0.11}

outside_defines() {
	echo "1 sip:$GATEWAY_HOST:5060" >"$RUN_DIR/gateways"
	cat <<-END
	#!define UR_MEDIA_SERVER "sip:$MEDIA_HOST:5060"
	#!define UR_GATEWAYS "$RUN_DIR/gateways"
	END
}

answer_calls() { # address
	(cd "$RUN_DIR" && exec sipp -sn uas -i "$1" -p 5060 -rtp_echo -aa -nostdin) </dev/null >>"$RUN_DIR/outside.log" 2>&1 &
}

start_outside() {
	answer_calls "$MEDIA_HOST"
	MEDIA_PID=$!
	answer_calls "$GATEWAY_HOST"
	GATEWAY_PID=$!
}
