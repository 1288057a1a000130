/*
 * What would happen to a call now, and why: all that could come of it, to the end.
 *
 * A walk through the decisions that a call would meet, by the functions that the call
 * itself would run: rules, plan, chain, identity. Behind a ring it goes both ways, "busy"
 * and "no answer". What it finds it tells to a sink, in order, so that the same walk makes
 * a structure for programs and a tree for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_EXPLAIN_H
#define UR_POLICY_EXPLAIN_H

#include "policy/callee.h"
#include "policy/plan.h"
#include "policy/rules.h"

/* The most decisions that a walk tells of: two ways behind each ring would make 2^30 of
 * them in the longest chain. */
#define UR_EXPLAIN_DECISIONS_MAX 64

/* The most contacts of a device that it tells of. */
#define UR_EXPLAIN_CONTACTS_MAX 32

enum ur_contact_state
{
	UR_CONTACT_LIVE, /* it rings, if its device does */
	UR_CONTACT_EXPIRED,
	UR_CONTACT_NO_INVITE,  /* registered for other methods (RFC 3840) */
	UR_CONTACT_OLDER_FLOW, /* of a phone that has a newer one (RFC 5626) */
	UR_CONTACT_NO_BRANCH,  /* the transaction has no branch left for it */
};

struct ur_explain_contact
{
	struct ur_text uri;
	struct ur_text received; /* where its REGISTER came from, or empty */
	struct ur_text path;	 /* its Path, or empty */
	int expires_in; /* seconds; negative: it has expired; 0: it never does */
	enum ur_contact_state state;
};

/* A device of the user who is rung; at its place in user->devices. */
struct ur_explain_device
{
	int device;
	enum ur_plan_reason reason;
	int step;	  /* the number of its step, from 1; 0: it does not ring */
	int begin_ms; /* when that begins, if all before it ring to their end */
	int contact_count;
	const struct ur_explain_contact *contacts;
};

struct ur_explain_ring
{
	const struct ur_plan *plan;
	int step_ms;   /* ring time of a step */
	bool total;	   /* it is for all steps together */
	int silent_ms; /* a contact that sends nothing gives way after this */
};

/* A decision at a user, or at the extension that was dialled. */
struct ur_explain_decision
{
	const struct ur_chain *chain;
	int before; /* hops the chain had before: those behind have been come to now */
	const struct ur_decision *decision;
	bool nobody; /* END: the number is as good as unknown */
	/* RING, LEAVE: what the leg shows, or NULL: what the trunk has asserted. nobody: what
	 * it shows if the script sends the call out. */
	const struct ur_identity *shown;
};

/*
 * What is told. A decision is: at, any number of refused, decided; then, for MOVE, the next
 * decision; for RING: ring, a device each, and the decisions that follow on it, none of
 * them when the walk is cut; then done. Texts are valid during the call only.
 */
struct ur_explain_sink
{
	void *context;
	/* A decision begins: what has happened, and whom the call is at. */
	void (*at)(
			void *context, enum ur_event event, const struct ur_chain *chain);
	/* A target counts as not set; as struct ur_directory's. */
	void (*refused)(void *context, struct ur_target target, const char *why);
	void (*decided)(void *context, const struct ur_explain_decision *decision);
	void (*ring)(void *context, const struct ur_explain_ring *ring);
	void (*device)(void *context, const struct ur_explain_ring *ring,
			const struct ur_explain_device *device);
	/* What would come next is not told any more: UR_EXPLAIN_DECISIONS_MAX. */
	void (*cut)(void *context);
	void (*done)(void *context);
};

/*
 * What the walk must know beside the directory. read_contacts writes what is known of a
 * device's contacts, at most size of them, and returns how many; live are at most `limit`
 * of them. Their texts are valid until its next call. find_account returns a reference or
 * NULL.
 */
struct ur_explain_world
{
	const struct ur_directory *directory; /* of the callee's account */
	void *context;
	int (*read_contacts)(void *context, const struct ur_plan *plan, int device,
			int limit, struct ur_explain_contact *list, int size);
	const struct ur_account *(*find_account)(void *context, uint32_t number);
	void (*put_account)(const struct ur_account *account);
	int branches; /* that a transaction may have, one for the way out not counted */
	int fr_timer; /* ms */
	bool ring_timeout_total;
};

/* Walks from where the call begins. The reference to who is called is taken over. Tells nothing if
 * nobody of ours is called. */
void ur_explain_call(const struct ur_explain_world *world,
		const struct ur_explain_sink *sink, const struct ur_caller *caller,
		const struct ur_callee *callee);

/*
 * What a phone's call shows when nobody of ours was called and the script sends it into
 * the PSTN.
 */
void ur_explain_outbound(const struct ur_explain_world *world,
		const struct ur_caller *caller, struct ur_identity *identity);

/* "live", "expired" and so on. A constant. */
const char *ur_explain_contact_name(enum ur_contact_state state);

#endif
