/*
 * Makes a step's contacts the message's destinations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/branches.h"

#include "core/dprint.h"
#include "core/dset.h"
#include "core/flags.h"
#include "core/globals.h"
#include "core/parser/parse_rr.h"
#include "core/route.h"
#include "kam/compat.h"
#include "kam/counters.h"
#include "kam/serial.h"

/* The next hop of a request to the contact: its outermost proxy (RFC 3327), else the source of its
 * REGISTER, else empty: the contact itself. */
static int next_hop(const struct ur_contact *c, str *hop)
{
	str path = c->path;

	*hop = c->received;
	if(path.len == 0)
		return 0;
	if(get_path_dst_uri(&path, hop) == 0)
		return 0;
	LM_ERR("contact %.*s: Path can't be parsed: %.*s\n", c->uri.len, c->uri.s,
			c->path.len, c->path.s);
	return -1;
}

/* Clears what an earlier step, a failed branch or the script has set. */
static void start_clean(struct sip_msg *msg)
{
	clear_branches();
	ur_serial_forget();
	reset_dst_uri(msg);
	reset_path_vector(msg);
	reset_instance(msg);
	reset_ruid(msg);
	reset_ua(msg);
	reset_force_socket(msg);
	msg->reg_id = 0;
	msg->otcpid = 0;
	setbflagsval(0, 0);
}

static int set_request_uri(struct sip_msg *msg, const struct ur_contact *c)
{
	str uri = c->uri, path = c->path, instance = c->instance, ruid = c->ruid;
	str user_agent = c->user_agent;
	str hop;

	if(next_hop(c, &hop) < 0 || rewrite_uri(msg, &uri) < 0)
		return -1;
	if((hop.len && set_dst_uri(msg, &hop) < 0)
			|| (path.len && set_path_vector(msg, &path) < 0)
			|| (instance.len && set_instance(msg, &instance) < 0)
			|| (ruid.len && set_ruid(msg, &ruid) < 0)
			|| (user_agent.len && set_ua(msg, &user_agent) < 0))
		return -1;
	if(c->socket)
		set_force_socket(msg, c->socket);
	msg->reg_id = c->reg_id;
	set_ruri_q(c->q);
	setbflagsval(0, c->branch_flags);
	return 0;
}

static int add_branch(struct sip_msg *msg, const struct ur_contact *c)
{
	str uri = c->uri, path = c->path, instance = c->instance, ruid = c->ruid;
	str user_agent = c->user_agent;
	branch_t *branch;
	str hop;

	if(next_hop(c, &hop) < 0)
		return -1;
	branch = ksr_push_branch(msg, &uri, &hop, &path, c->q, c->branch_flags,
			c->socket, &instance, instance.len ? c->reg_id : 0, &ruid,
			&user_agent);
	if(branch == NULL)
		return -1;
	branch->otcpid = c->tcp_connection;
	return 0;
}

/* Returns 1, or 0 and logs an error. */
static int taken_or_logged(int rc, const struct ur_contact *c)
{
	if(rc >= 0)
		return 1;
	LM_ERR("contact %.*s does not ring: it does not fit into a branch\n",
			c->uri.len, c->uri.s);
	return 0;
}

int ur_branches_collect(const struct ur_contacts *contacts)
{
	int taken = 0;
	int i;

	clear_branches();
	for(i = 0; i < contacts->count; i++)
		taken += taken_or_logged(
				add_branch(NULL, &contacts->list[i]), &contacts->list[i]);
	counter_add(ur_counters.branches, taken);
	return taken;
}

int ur_branches_set(struct sip_msg *msg, const struct ur_contacts *contacts)
{
	int taken = 0;
	int i;

	start_clean(msg);
	for(i = 0; i < contacts->count; i++) {
		const struct ur_contact *c = &contacts->list[i];

		taken += taken_or_logged(
				taken == 0 ? set_request_uri(msg, c) : add_branch(msg, c), c);
	}
	/* With tcp_set_otcpid_flag on, tm sends every branch over the message's TCP connection, so set
	 * it only if there is one branch. */
	if(taken == 1 && contacts->count == 1)
		msg->otcpid = contacts->list[0].tcp_connection;
	counter_add(ur_counters.branches, taken);
	return taken > 0 ? taken : -1;
}

/* In a failure route tm sends from the socket of the call's first leg, which fits the device that
 * rang first, unless a socket is forced. Force the one that the call came in on. */
static void keep_own_socket(struct sip_msg *msg)
{
	if(is_route_type(FAILURE_ROUTE) && msg->rcv.proto == PROTO_UDP && !mhomed)
		set_force_socket(msg, msg->rcv.bind_address);
}

int ur_branches_leave(
		struct sip_msg *msg, struct ur_text uri, struct ur_text next_hop)
{
	str s = ur_str_of_text(uri);
	str hop = ur_str_of_text(next_hop);

	start_clean(msg);
	keep_own_socket(msg);
	if(rewrite_uri(msg, &s) < 0)
		return -1;
	return hop.len > 0 && set_dst_uri(msg, &hop) < 0 ? -1 : 0;
}
