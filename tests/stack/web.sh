# What make up WS=1 adds: a WebSocket for browsers, a page with a phone, rtpengine; with TLS=1 by TLS.
# shellcheck shell=bash
#
# SPDX-License-Identifier: GPL-2.0-or-later

PAGE=$RUN_DIR/page

# Self-signed, for this stack alone.
make_certificate() {
	mkdir -p "$RUN_DIR/tls"
	(umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$SIP_HOST" \
		-addext "subjectAltName=IP:$SIP_HOST" -keyout "$RUN_DIR/tls/key.pem" -out "$RUN_DIR/tls/certificate.pem" 2>>"$SETUP_LOG") ||
		fail "openssl made no certificate" "$SETUP_LOG"
	cat >"$RUN_DIR/tls/tls.cfg" <<-END
	[server:default]
	method = TLSv1.2+
	certificate = "$RUN_DIR/tls/certificate.pem"
	private_key = "$RUN_DIR/tls/key.pem"
	verify_certificate = no
	require_certificate = no
	END
}

web_defines() {
	local scheme=http
	[[ -z $TLS ]] || {
		scheme=https
		echo "#!define WITH_TLS"
		echo "#!define UR_TLS_PORT $TLS_PORT"
		echo "#!define UR_TLS_CONFIG \"$RUN_DIR/tls/tls.cfg\""
	}
	[[ -z $WS ]] || cat <<-END
	#!define WITH_WEBSOCKET
	#!define UR_WS_PORT $WS_PORT
	#!define UR_WSS_PORT $WSS_PORT
	#!define UR_WS_ORIGINS "$scheme://$host:$PAGE_PORT"
	#!define WITH_RTPENGINE
	#!define UR_RTPENGINE "udp:127.0.0.1:$RTPENGINE_PORT"
	END
}

start_rtpengine() {
	rtpengine --foreground --log-stderr --config-file=none --table=-1 --interface="$SIP_HOST" --listen-ng="127.0.0.1:$RTPENGINE_PORT" \
		--port-min="$MEDIA_PORTS" --port-max=$((MEDIA_PORTS + 199)) --num-threads=2 --pidfile="$RUN_DIR/rtpengine.pid" \
		</dev/null >"$RUN_DIR/rtpengine.log" 2>&1 &
	RTPENGINE_PID=$!
	sleep 0.3
	child_lives "$RTPENGINE_PID" || fail "rtpengine ended" "$RUN_DIR/rtpengine.log"
}

# The devices with their passwords, for the page.
write_page() {
	local server=ws://$host:$WS_PORT
	[[ -z $TLS ]] || server=wss://$host:$WSS_PORT
	"$here/phone/build" "$PAGE" >>"$SETUP_LOG" 2>&1 || fail "the page was not built" "$SETUP_LOG"
	sql -At -v server="$server" -v password="$SAMPLE_PASSWORD" <<-'END' >"$PAGE/config.json"
	SELECT json_build_object('server', :'server', 'devices', json_agg(json_build_object('user', u.username, 'name', u.display_name,
		'device', d.auth_username, 'domain', d.realm, 'password', :'password') ORDER BY u.username, d.ring_order, d.id))
	FROM sip_user u JOIN sip_device d ON d.user_id = u.id WHERE u.status = 'active' AND d.status = 'active' AND d.number IS NULL;
	END
}

start_page() {
	write_page
	"$here/phone/serve" "$SIP_HOST" "$PAGE_PORT" "$PAGE" ${TLS:+"$RUN_DIR/tls/certificate.pem" "$RUN_DIR/tls/key.pem"} \
		</dev/null >"$RUN_DIR/page.log" 2>&1 &
	PAGE_PID=$!
}

print_page() {
	[[ -n $WS ]] || return 0
	cat <<-END

	  in a browser:    http${TLS:+s}://$host:$PAGE_PORT (in two windows: choose a device in each, and call the other's user)
	END
	[[ -z $TLS ]] || echo "                   The certificate is self-signed: accept it there, and if need be at https://$host:$WSS_PORT, too."
}
