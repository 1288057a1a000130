# Where calls leave for: a media server (voicemail, queues) and a gateway. SIPp plays them: it answers each call, and returns
# the sound.
# shellcheck shell=bash
#
# SPDX-License-Identifier: GPL-2.0-or-later

MEDIA_HOST=${MEDIA_HOST:-127.0.0.10} GATEWAY_HOST=${GATEWAY_HOST:-127.0.0.11} MEDIA_PORT=5060 GATEWAY_PORT=5060
# On IPv6 loopback is one address.
[[ $SIP_HOST != *:* ]] || MEDIA_HOST=$SIP_HOST GATEWAY_HOST=$SIP_HOST MEDIA_PORT=$((SIP_PORT + 2)) GATEWAY_PORT=$((SIP_PORT + 4))

outside_defines() {
	local media=$MEDIA_HOST gateway=$GATEWAY_HOST
	[[ $SIP_HOST != *:* ]] || media=$host gateway=$host
	echo "1 sip:$gateway:$GATEWAY_PORT" >"$RUN_DIR/gateways"
	cat <<-END
	#!define UR_MEDIA_SERVER "sip:$media:$MEDIA_PORT"
	#!define UR_GATEWAYS "$RUN_DIR/gateways"
	END
}

answer_calls() { # address, port
	(cd "$RUN_DIR" && exec sipp -sn uas -i "$1" -p "$2" -rtp_echo -aa -nostdin) </dev/null >>"$RUN_DIR/outside.log" 2>&1 &
}

start_outside() {
	answer_calls "$MEDIA_HOST" "$MEDIA_PORT"
	MEDIA_PID=$!
	answer_calls "$GATEWAY_HOST" "$GATEWAY_PORT"
	GATEWAY_PID=$!
}
