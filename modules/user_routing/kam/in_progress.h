/*
 * Calls in progress: the set of calls that each user is in, by dialogs of Kamailio's module dialog.
 *
 * A user is in a call that one of their devices has placed, from the INVITE on; that rings the
 * user's devices, so that of two calls at once only one gets the last place; and that one of their
 * devices has answered. A call is in the set of a user once, whatever the user does in it.
 *
 * It is no counter: what leaves a set is found by the call's own list. A call that has a dialog
 * leaves when that ends, by BYE, by its timeout, or because the call fails. Until the call is
 * answered it also leaves when tm frees it, so nothing stays if dialog forgets a call.
 *
 * Without the module dialog nothing is counted: nobody would tell when a call ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_IN_PROGRESS_H
#define UR_KAM_IN_PROGRESS_H

#include "kam/live_call.h"

/* Longest text kept of a call; the rest is cut off. */
#define UR_IN_PROGRESS_TEXT_MAX 128

enum ur_in_progress_state
{
	UR_IN_PROGRESS_PLACED,
	UR_IN_PROGRESS_RINGING,
	UR_IN_PROGRESS_ANSWERED,
};

/* A call as a user sees it. */
struct ur_in_progress_view
{
	enum ur_in_progress_state state;
	time_t since; /* when that state began */
	int call_id_len;
	int with_len;
	char call_id[UR_IN_PROGRESS_TEXT_MAX];
	char with
			[UR_IN_PROGRESS_TEXT_MAX]; /* PLACED: what was dialled; else who calls */
};

/* In mod_init. Finds the module dialog, if it is loaded. 0, or -1 and logs an error. */
int ur_in_progress_init(void);

/* Is dialog loaded, so that calls are counted? */
bool ur_in_progress_is_counted(void);

/* Logs once that the user's max_calls do not hold, as nothing is counted. */
void ur_in_progress_warn(const struct ur_user *user);

/* A call begins that the sets may get. It may have a dialog already, or get one later. */
void ur_in_progress_begin(struct sip_msg *msg, struct ur_live_call *live);

/* Adds the call to the user's set, unless max_calls other calls are in it: then false. must: adds it even
 * so. The first user added to a call that a user of ours places is that caller. */
bool ur_in_progress_add(
		struct ur_live_call *live, const struct ur_user *user, bool must);

/* After a decision: the call leaves the sets of those whom it does not ring any more. */
void ur_in_progress_settle(struct ur_live_call *live);

/* A device of the user has answered. */
void ur_in_progress_answered(
		struct ur_live_call *live, const struct ur_user *user);

/* The caller got this final response: only a call whose dialog is confirmed goes on. */
void ur_in_progress_respond(struct ur_live_call *live, int status);

/* Message and transaction are gone: a call that is not answered is over. free_block: see
 * ur_live_call_unref(). */
void ur_in_progress_forget(
		struct ur_in_progress *call, void (*free_block)(void *block));

/* The same, and the live call's reference is given up. */
void ur_in_progress_release(
		struct ur_in_progress *call, void (*free_block)(void *block));

/* How many calls the user is in. Copies the first of them, at most max. */
int ur_in_progress_list(
		struct ur_text user_id, struct ur_in_progress_view *views, int max);

/* How many calls the user has placed or answered. */
int ur_in_progress_active(struct ur_text user_id);

/* How many calls have users in them. */
int ur_in_progress_count(void);

#endif
