/*
 * What would happen to a call now, and why, up to its end.
 *
 * It walks through the decisions that a call would meet, with the functions that a call uses:
 * rules, plan, chain, identity. After a ring it explores the outcomes "busy" and "no answer", and
 * "unreachable" if the user has fwd_unreachable or rules of that event. When nobody rings it explores
 * one: "unreachable" under the same condition, else "no answer", which has the same rules. It reports
 * to a sink, in order, so that the same walk makes a structure for programs and a tree for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_EXPLAIN_H
#define UR_POLICY_EXPLAIN_H

#include "policy/callee.h"
#include "policy/plan.h"
#include "policy/rules.h"

/* The most decisions that a walk reports: with three outcomes after each ring, the longest chain
 * would have 3^30 of them. */
#define UR_EXPLAIN_DECISIONS_MAX 64

/* The most contacts of a device that it reports. */
#define UR_EXPLAIN_CONTACTS_MAX 32

enum ur_contact_state
{
	UR_CONTACT_LIVE, /* it rings, if its device does */
	UR_CONTACT_EXPIRED,
	UR_CONTACT_NO_INVITE,  /* registered for other methods (RFC 3840) */
	UR_CONTACT_OLDER_FLOW, /* its phone has a newer one (RFC 5626) */
	UR_CONTACT_NO_BRANCH,  /* the transaction has no branch left for it */
};

/* The connection that it registered over. */
enum ur_contact_connection
{
	UR_CONNECTION_NONE, /* UDP; or the connection is to another node */
	UR_CONNECTION_OPEN,
	UR_CONNECTION_GONE,
};

struct ur_explain_contact
{
	struct ur_text uri;
	struct ur_text received; /* where its REGISTER came from, or empty */
	struct ur_text path;	 /* its Path, or empty */
	int expires_in;			 /* seconds; negative: expired; 0: never expires */
	enum ur_contact_state state;
	enum ur_contact_connection connection;
};

/* A member of the ring, and whether it rings. */
struct ur_explain_device
{
	struct ur_member member;
	enum ur_plan_reason reason;
	int step;	  /* the number of its step, from 1; 0: it does not ring */
	int begin_ms; /* when the step begins, if all before it last to their end; -1: never then, only
					* if they end early */
	int until_ms; /* when its time is over; as begin_ms */
	int contact_count;
	const struct ur_explain_contact *contacts;
};

struct ur_explain_ring
{
	const struct ur_plan *plan;
	int step_ms;   /* ring time of a step */
	bool total;	   /* step_ms is for all steps together */
	int silent_ms; /* a contact that sends no response rings only this long */
};

/* A decision at a user, at a group, or at the dialled extension. */
struct ur_explain_decision
{
	const struct ur_chain *chain;
	int before; /* the chain's hops before the decision; later ones are new */
	const struct ur_decision *decision;
	bool nobody; /* END: the number counts as unknown */
	/* RING, LEAVE: the leg's caller identity; NULL: what the trunk asserted. nobody: the one shown
	 * if the script sends the call out. */
	const struct ur_identity *shown;
};

/*
 * The callbacks. If the caller's max_calls are reached, only full. Else for each decision: at; checked
 * and refused, any number of times, and full at most once; decided; for MOVE the next decision; for
 * RING ring, device for each device, and the decisions that follow, none if the walk is cut; then
 * done. Texts are valid only during the callback.
 */
struct ur_explain_sink
{
	void *context;
	/* A decision begins: the event, and the chain up to the current user, group or extension. */
	void (*at)(
			void *context, enum ur_event event, const struct ur_chain *chain);
	/* A rule of the user was asked, and holds or not. If it holds, its target may still be ignored.
	 * May be NULL. */
	void (*checked)(void *context, const struct ur_user *user,
			const struct ur_user_rule *rule, enum ur_condition why);
	/* The user has that many calls in progress, and max_calls are reached. is_caller: the call ends with
	 * 486, and no decision follows. May be NULL. */
	void (*full)(void *context, const struct ur_user *user, int calls,
			bool is_caller);
	/* A target is ignored; as in struct ur_directory. */
	void (*refused)(void *context, struct ur_target target, const char *why);
	void (*decided)(void *context, const struct ur_explain_decision *decision);
	void (*ring)(void *context, const struct ur_explain_ring *ring);
	void (*device)(void *context, const struct ur_explain_ring *ring,
			const struct ur_explain_device *device);
	/* What follows is not reported: UR_EXPLAIN_DECISIONS_MAX. */
	void (*cut)(void *context);
	void (*done)(void *context);
};

/*
 * What the walk needs besides the directory. read_contacts writes the contacts of the member at
 * that place, at most size of them, at most limit of them live, and returns how many. Their texts
 * are valid until its next call. find_account returns a reference or NULL.
 */
struct ur_explain_world
{
	const struct ur_directory *directory; /* of the callee's account */
	void *context;
	int (*read_contacts)(void *context, const struct ur_plan *plan, int place,
			int limit, struct ur_explain_contact *list, int size);
	const struct ur_account *(*find_account)(void *context, uint32_t number);
	void (*put_account)(const struct ur_account *account);
	int branches; /* of a transaction, without the one reserved for voicemail or a forward */
	int fr_timer; /* ms */
	bool ring_timeout_total;
	int64_t time;	 /* for which it is explained, in Unix seconds */
	uint32_t chance; /* as in struct ur_call_facts */
	/* The turn of the group's next call. */
	uint32_t (*turn)(void *context, const struct ur_group *group);
	/* How many calls in progress the user has; NULL: not counted. The directory's add_call is never
	 * called: what is explained is not a call. */
	int (*calls_of)(void *context, const struct ur_user *user);
	/* The number that a trunk asserts, as in struct ur_rule_call. */
	struct ur_text asserted;
};

/* Explains a call from its beginning. Takes over the callee's reference. If no local user is called it
 * reports only that the caller's max_calls are reached, or nothing. */
void ur_explain_call(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_callee *callee);

/*
 * The caller identity of a phone's call that the script sends into the PSTN, as no local user was
 * called. emergency: the number is an emergency number.
 */
void ur_explain_outbound(const struct ur_explain_world *world, bool emergency,
		const struct ur_caller *caller, struct ur_identity *identity);

/* Why a member, whose row lets it ring, does not ring if it has no contact. */
enum ur_plan_reason ur_explain_no_contact(const struct ur_member *member);

/* Why the contacts of a member, whose row lets it ring, keep it from ringing; RINGS: they don't. Call it
 * for one contact after the other: first with ur_explain_no_contact(), then with what it returned. */
enum ur_plan_reason ur_explain_reason(
		enum ur_plan_reason reason, enum ur_contact_state state);

/* "live", "expired" and so on. A constant. */
const char *ur_explain_contact_name(enum ur_contact_state state);

/* "none", "open" or "gone". A constant. */
const char *ur_explain_connection_name(enum ur_contact_connection connection);

#endif
