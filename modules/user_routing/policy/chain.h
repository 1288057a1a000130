/*
 * The forward chain of a call: the users, groups and extensions called in turn, and why the call left
 * each.
 *
 * It serves as visited set, hop count and source of Diversion and History-Info. A route target is
 * followed here until it leads to a user or a group, which is decided about next, to a URI outside
 * the module, or to the end of the call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CHAIN_H
#define UR_POLICY_CHAIN_H

#include <stddef.h>

#include "policy/model.h"
#include "policy/number.h"

/* The upper limit of max_hops. */
#define UR_CHAIN_LIMIT 30

/* Longest URI of a route target, RFC 4458 parameters included. */
#define UR_TARGET_URI_MAX 1000

/* Longest URI of a next hop: an address, a port and a transport. */
#define UR_NEXT_HOP_MAX 96

/* Why a call left a user (RFC 5806 §6.3: diversion-reason). */
enum ur_diversion
{
	UR_DIVERSION_NONE, /* it has not left, or it passed through an extension */
	UR_DIVERSION_UNCONDITIONAL,
	UR_DIVERSION_DO_NOT_DISTURB,
	UR_DIVERSION_USER_BUSY,
	UR_DIVERSION_NO_ANSWER,
	UR_DIVERSION_UNAVAILABLE,
	UR_DIVERSION_TIME_OF_DAY, /* a schedule decided */
};

/* A user, a group or an extension that the call reached: the others are NULL. */
struct ur_hop
{
	const struct ur_user *user;
	const struct ur_group *group;
	const struct ur_extension *extension;
	enum ur_diversion diversion;
};

struct ur_chain
{
	/* Diversions that the call arrived with; they count as hops. 0 unless set after the chain has
	 * begun. */
	int before;
	int count;
	struct ur_hop hops[UR_CHAIN_LIMIT];
};

/* Whether one of a user's own rules holds; else the first condition that does not, in this order.
 * What is not known does not hold, be it negated or not. */
enum ur_condition
{
	UR_CONDITION_HOLDS,
	UR_CONDITION_NOT_INTERNAL, /* scope */
	UR_CONDITION_NOT_EXTERNAL,
	UR_CONDITION_NOT_ANONYMOUS,
	UR_CONDITION_SCHEDULE_MISSING, /* there is no such schedule */
	UR_CONDITION_HOURS_UNKNOWN, /* its hours are not known so early, or so late */
	UR_CONDITION_OUTSIDE_HOURS,
	UR_CONDITION_INSIDE_HOURS, /* of a rule for outside the hours */
	UR_CONDITION_LIST_MISSING, /* there is no such caller list */
	UR_CONDITION_NOT_LISTED,
	UR_CONDITION_LISTED, /* of a rule for callers who are not on the list */
	UR_CONDITION_COUNT,
};

/* Why a target is ignored. */
enum ur_refusal
{
	UR_REFUSAL_NONE,
	UR_REFUSAL_LOOP,
	UR_REFUSAL_MAX_HOPS,
	UR_REFUSAL_MISSING, /* no such user, group or extension, or disabled */
	UR_REFUSAL_NO_URI,
	UR_REFUSAL_NO_STATUS,
	UR_REFUSAL_ITSELF,	 /* the URI leads to this server */
	UR_REFUSAL_GATEWAY,	 /* … to a gateway, a trunk or the media server */
	UR_REFUSAL_HOST,	 /* … to a host that targets may not name */
	UR_REFUSAL_RESOLVED, /* its host has no address, or none is known yet */
};

/* A sentence for people; "" for NONE. */
const char *ur_chain_refusal_text(enum ur_refusal why);

struct ur_arrival;

/*
 * Look-ups among the records of one account, for the chain. find_… return a reference or NULL; a
 * disabled user or extension does not exist. locate finds the URI of a target that is neither user,
 * group, extension nor hangup: it fills uri and next_hop, or says why the call may not go there. refused
 * is called for each ignored target, with the chain up to it; checked for each of a user's own rules
 * that is asked, with the chain up to that user. checked may be NULL; find_schedule,
 * find_caller_list and find_account are called only where a rule needs them.
 */
struct ur_directory
{
	void *context;
	int max_hops; /* users, groups and extensions that a call may reach */
	const struct ur_user *(*find_user)(void *context, struct ur_text id);
	const struct ur_extension *(*find_extension)(
			void *context, struct ur_text id);
	void (*put_user)(const struct ur_user *user);
	void (*put_extension)(const struct ur_extension *extension);
	enum ur_refusal (*locate)(
			void *context, struct ur_target target, struct ur_arrival *arrival);
	void (*refused)(void *context, const struct ur_chain *chain,
			struct ur_target target, enum ur_refusal why);
	const struct ur_schedule *(*find_schedule)(
			void *context, struct ur_text id);
	const struct ur_caller_list *(*find_caller_list)(
			void *context, struct ur_text id);
	/* Any account, by its number: the caller's may be another one. */
	const struct ur_account *(*find_account)(void *context, uint32_t number);
	void (*put_schedule)(const struct ur_schedule *schedule);
	void (*put_caller_list)(const struct ur_caller_list *list);
	void (*put_account)(const struct ur_account *account);
	void (*checked)(void *context, const struct ur_chain *chain,
			const struct ur_user_rule *rule, enum ur_condition why);
	/* Counts the call among the user's calls in progress, unless max_calls of them are there already:
	 * then false. must: counts it even so. Once counted, a call counts as one. NULL: calls are not
	 * counted, and nobody has too many. */
	bool (*add_call)(void *context, const struct ur_user *user, bool must);
	const struct ur_group *(*find_group)(void *context, struct ur_text id);
	void (*put_group)(const struct ur_group *group);
	/* How many calls have rung the group one member after another before this one. */
	uint32_t (*turn)(void *context, const struct ur_group *group);
	/* How many calls the user has placed or answered that go on. NULL: calls are not counted. */
	int (*calls_of)(void *context, const struct ur_user *user);
	/* As locate, for a member's forward: fills only number, if the target is of kind forward and its URI is made
	 * from one. It looks no name up. */
	enum ur_refusal (*locate_number)(
			void *context, struct ur_target target, struct ur_arrival *arrival);
	/* Take one more reference. */
	void (*ref_user)(const struct ur_user *user);
	void (*ref_group)(const struct ur_group *group);
	void *(*allocate)(size_t size); /* NULL: out of memory; no log */
	void (*release)(void *block);	/* what allocate has returned */
};

enum ur_arrival_kind
{
	UR_ARRIVAL_NONE, /* the target can't be used, and is ignored */
	UR_ARRIVAL_STOP, /* at the chain's new last user or group */
	UR_ARRIVAL_URI,	 /* out of the module */
	UR_ARRIVAL_END,	 /* hangup */
};

/* Where a target led. */
struct ur_arrival
{
	enum ur_arrival_kind kind;
	int status;				 /* UR_ARRIVAL_END: the SIP status */
	struct ur_target target; /* UR_ARRIVAL_URI: borrowed from a record */
	char uri[UR_TARGET_URI_MAX];
	int uri_len;
	/* UR_ARRIVAL_URI: the address of the URI's host if it was looked up, else empty. The call goes
	 * there, so that the name is not resolved again. */
	char next_hop[UR_NEXT_HOP_MAX];
	int next_hop_len;
	/* UR_ARRIVAL_URI, of locate_number: the number, or none. */
	struct ur_number number;
};

/* The status that the id of a hangup target names, 400 to 699; the schema checks that. Else 0. */
int ur_chain_status(struct ur_text id);

/* The current user; NULL: a group is the current one, or the call has reached only extensions so far. */
const struct ur_user *ur_chain_user(const struct ur_chain *chain);

/* The current group, or NULL. */
const struct ur_group *ur_chain_group(const struct ur_chain *chain);

/* The account of those whom the call has reached; 0: nobody. */
uint32_t ur_chain_account(const struct ur_chain *chain);

/* By what the user or group at that hop is called: the username; the digits of the extension, or did, that
 * led straight to the group, else empty. */
struct ur_text ur_chain_name(const struct ur_chain *chain, int hop);

/* The hop of the current user or group, or -1. */
int ur_chain_stop(const struct ur_chain *chain);

/* Begins a chain; takes over the reference. */
void ur_chain_begin_user(struct ur_chain *chain, const struct ur_user *user);
void ur_chain_begin_extension(
		struct ur_chain *chain, const struct ur_extension *extension);

/* The call reaches that user, or that group, too: a member of a group. NONE, or why it can't. */
enum ur_refusal ur_chain_visit(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_text user_id);
enum ur_refusal ur_chain_visit_group(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_text group_id);

/* Does the target lead to a group? Where there is none of that id, the target is one outside the
 * module. */
bool ur_chain_is_group(
		const struct ur_directory *directory, struct ur_target target);

/* Calls the directory's add_call, which may be NULL: then true. */
bool ur_chain_add_call(const struct ur_directory *directory,
		const struct ur_user *user, bool must);

/* Releases all references. */
void ur_chain_end(struct ur_chain *chain, const struct ur_directory *directory);

/*
 * Goes back to the chain's first count hops: releases the references to later hops. The last user
 * or group left is the current one again, which the call has not left.
 */
void ur_chain_go_back(struct ur_chain *chain,
		const struct ur_directory *directory, int count);

/*
 * Follows a target, through extensions. If it can be used, the user or group which the call leaves is marked
 * with the reason; else the chain stays as it was, and directory->refused has been called.
 */
void ur_chain_follow(struct ur_chain *chain,
		const struct ur_directory *directory, struct ur_target target,
		enum ur_diversion reason, struct ur_arrival *arrival);

#endif
