/*
 * Handles packets before Kamailio parses them: drops large datagrams, limits what the parsers log.
 *
 * The core passes each packet to on_data() before it parses it, and each message whose first
 * headers it could parse to on_message(), before the script. A packet that no message follows, or
 * one whose other headers can't be parsed, was bad. When a process has seen log_bad_messages of
 * them in a second, it parses the rest of that second's packets with the log level L_CRIT. The
 * script runs with the normal level.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/packets.h"

#include <stdbool.h>

#include "core/dprint.h"
#include "core/events.h"
#include "core/ip_addr.h"
#include "core/parser/msg_parser.h"
#include "core/script_cb.h"
#include "core/str.h"
#include "core/timer.h"
#include "kam/counters.h"
#include "kam/settings.h"

/* Private to this process. */
static struct
{
	ticks_t second;
	int bad;			/* bad packets in this second */
	bool is_open;		/* the last packet has not become a message yet */
	bool is_quiet;		/* the log level is lowered */
	bool is_read_whole; /* the script calls user_check_message() */
} state;

static void be_quiet(bool quiet)
{
	if(quiet == state.is_quiet)
		return;
	state.is_quiet = quiet;
	if(quiet)
		set_local_debug_level(L_CRIT);
	else
		reset_local_debug_level();
}

static void count_bad(void)
{
	const ticks_t now = get_ticks();

	if(state.second != now) {
		state.second = now;
		state.bad = 0;
	} else if(state.is_open) {
		state.bad++;
	}
}

/* No phone sends such a datagram, and parsing 9,000 headers takes 20 ms. (On TCP, tcp_rd_buf_size
 * stops messages of that size.) */
static bool is_large(const sr_event_param_t *event)
{
	const str *data = event->data;

	return event->rcv != NULL && event->rcv->proto == PROTO_UDP
		   && data->len > ur_setting(max_message_size);
}

static int on_data(sr_event_param_t *event)
{
	const bool large = is_large(event);

	count_bad();
	state.is_open = true;
	be_quiet(large || state.bad >= ur_setting(log_bad_messages));
	if(large) {
		/* The core can't be told to drop the packet, but its parser drops an empty one. */
		((str *)event->data)->len = 0;
		counter_inc(ur_counters.messages_refused);
	}
	return 0;
}

void ur_packets_read_whole(void)
{
	state.is_read_whole = true;
}

/* Parses all headers at the packet's log level: each parser that finds a bad line logs the whole
 * rest. The headers stay parsed, so a script that parses them all anyway has no extra cost. A
 * reply with a bad line is dropped. For a request with one, the packet's log level stays in the
 * script. */
static int on_message(struct sip_msg *msg, unsigned int flags, void *param)
{
	(void)flags;
	(void)param;
	if(state.is_read_whole && parse_headers(msg, HDR_EOH_F, 0) < 0) {
		if(msg->first_line.type != SIP_REPLY)
			return 1;
		counter_inc(ur_counters.messages_refused);
		return 0;
	}
	state.is_open = false;
	be_quiet(false);
	return 1;
}

int ur_packets_init(void)
{
	if(sr_event_register_cb(SREV_NET_DATA_IN, on_data) == 0
			&& register_script_cb(on_message,
					   PRE_SCRIPT_CB | REQUEST_CB | ONREPLY_CB, NULL)
					   == 0)
		return 0;
	LM_ERR("the core refuses a callback for messages: it has no slot left, or"
		   " is out of memory\n");
	return -1;
}
