/*
 * Limits what Kamailio's parsers log about messages that they can't read.
 *
 * The core hands each packet to on_data() before it parses it, and each message that it
 * could parse to on_message(), before the script. So a packet that is not followed by a
 * message was bad. When a process has seen log_bad_messages of them in a second, the rest
 * of that second's packets are parsed with the log level L_CRIT: the script has its own
 * level again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/parser_log.h"

#include <stdbool.h>

#include "core/dprint.h"
#include "core/events.h"
#include "core/ip_addr.h"
#include "core/script_cb.h"
#include "core/str.h"
#include "core/timer.h"
#include "kam/settings.h"

/* Of this process alone. */
static struct
{
	ticks_t second;
	int bad;	   /* packets, in this second */
	bool is_open;  /* the last packet has not become a message yet */
	bool is_quiet; /* the log level is lowered */
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

static int on_data(sr_event_param_t *event)
{
	const ticks_t now = get_ticks();

	(void)event;
	if(state.second != now) {
		state.second = now;
		state.bad = 0;
	} else if(state.is_open) {
		state.bad++;
	}
	state.is_open = true;
	be_quiet(state.bad >= ur_setting(log_bad_messages));
	return 0;
}

static int on_message(struct sip_msg *msg, unsigned int flags, void *param)
{
	(void)msg;
	(void)flags;
	(void)param;
	state.is_open = false;
	be_quiet(false);
	return 1;
}

int ur_parser_log_init(void)
{
	if(sr_event_register_cb(SREV_NET_DATA_IN, on_data) == 0
			&& register_script_cb(on_message,
					   PRE_SCRIPT_CB | REQUEST_CB | ONREPLY_CB, NULL)
					   == 0)
		return 0;
	LM_ERR("the core takes no more callbacks for messages\n");
	return -1;
}
