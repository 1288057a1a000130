/*
 * The process that runs the mirror. It never exits while Kamailio runs: if one child dies, the
 * whole server stops.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/mirror_process.h"

#include <signal.h>
#include <unistd.h>

#include "core/cfg/cfg_struct.h"
#include "core/dprint.h"
#include "core/pt.h"
#include "core/signals.h"
#include "core/sr_module.h"
#include "kam/context.h"
#include "kam/settings.h"

/* Longest delay until a changed setting or log level reaches the process. */
#define TURN_MS 500

/* Time limits when Kamailio stops: for the last snapshot, and for everything. The other processes
 * have ended by then; Kamailio itself waits for a minute. */
#define FINISH_MS 8000
#define STOP_SECONDS 10

static volatile sig_atomic_t is_stopped;

static void stop(int signo)
{
	(void)signo;
	if(is_stopped)
		return; /* the terminal and Kamailio both send it */
	is_stopped = 1;
	alarm(STOP_SECONDS);
}

/* Ends the process like the core's own handler. */
static void give_up(int signo)
{
	(void)signo;
	_exit(0);
}

static void handle_signals(void)
{
	set_sig_h(SIGTERM, stop);
	set_sig_h(SIGINT, stop);
	set_sig_h(SIGALRM, give_up);
	/* A snapshot larger than RLIMIT_FSIZE must be an error, not the end of the process. */
	set_sig_h(SIGXFSZ, SIG_IGN);
}

void ur_mirror_process_register(void)
{
	register_procs(1);
	cfg_register_child(1);
}

static struct ur_mirror_config config_now(void)
{
	return (struct ur_mirror_config){
			.db_url = ur_settings_at_start.db_url,
			.connect_timeout = ur_setting(connect_timeout),
			.query_timeout = ur_setting(query_timeout),
			.reconnect_min = ur_setting(reconnect_min),
			.reconnect_max = ur_setting(reconnect_max),
			.ping_interval = ur_setting(ping_interval),
			.audit_interval = ur_setting(audit_interval),
			.snapshot_file = ur_settings_at_start.snapshot_file,
			.snapshot_interval = ur_setting(snapshot_interval),
			.hours_interval = ur_setting(hours_interval),
	};
}

static void run(void)
{
	struct ur_mirror_config config = config_now();
	struct ur_mirror *mirror;

	while(ur_mirror_alloc(
				  &mirror, ur_context_table(), ur_context_mirror(), &config)
			!= 0) {
		LM_ERR("the mirror could not start: next attempt in 10 s\n");
		sleep(10);
		if(is_stopped)
			_exit(0);
	}
	ur_mirror_set_check(mirror, ur_context_check());
	while(!is_stopped) {
		cfg_update();
		config = config_now();
		ur_mirror_configure(mirror, &config);
		ur_mirror_turn(mirror, TURN_MS);
	}
	ur_mirror_finish(mirror, FINISH_MS);
	_exit(0);
}

int ur_mirror_process_start(void)
{
	int pid = fork_process(PROC_NOCHLDINIT, "user_routing mirror", 1);

	if(pid < 0) {
		LM_ERR("the mirror's process can't be forked: Kamailio can't start\n");
		return -1;
	}
	if(pid > 0)
		return 0;
	if(cfg_child_init() != 0)
		return -1;
	handle_signals();
	run();
	return -1;
}
