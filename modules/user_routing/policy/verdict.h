/*
 * The verdict of a leg, and the outcome of a ring.
 *
 * Every leg (tm branch) of a user's ring has one verdict. The ring's outcome is made from all
 * verdicts, over all steps, and never from the one response code that tm picked: tm prefers 408 and
 * 480 to 486 and forgets earlier steps. The first line that holds is the outcome:
 *
 *   no answer     the ring time ran out while a leg was pending
 *   busy          any leg was busy
 *   unreachable   there was no leg, as nobody is registered; or every leg was unreachable
 *   negotiation   every leg ended by negotiation
 *   no answer     otherwise
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_VERDICT_H
#define UR_POLICY_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum ur_verdict
{
	UR_VERDICT_REFUSED, /* any final response in no list below; 3xx */
	UR_VERDICT_BUSY,
	UR_VERDICT_NO_ANSWER,
	UR_VERDICT_UNREACHABLE,
	UR_VERDICT_NEGOTIATION, /* caller and phone could not agree, on codecs say */
	UR_VERDICT_COUNT,
};

#define UR_FIRST_FAILURE_CODE 300
#define UR_LAST_FAILURE_CODE 699

/* Which verdict a response code from the phone has (enum ur_verdict). */
struct ur_verdict_codes
{
	uint8_t verdict[UR_LAST_FAILURE_CODE - UR_FIRST_FAILURE_CODE + 1];
};

/* How a leg ended. */
struct ur_leg_end
{
	int code;	/* the phone's final response; 0: none, we ended the leg */
	bool heard; /* only for code 0: a provisional response had come */
	bool is_own_time; /* only for code 0: the device's time was over, not the ring's */
};

/* What is known of a user's ring; all zero before it begins. */
struct ur_ring
{
	uint16_t legs[UR_VERDICT_COUNT]; /* legs by verdict */
	uint16_t without_dialog; /* legs that ended with 481; only for a transfer */
	uint16_t negotiation;	 /* code of the first leg with that verdict, or 0 */
	bool timed_out;			 /* the ring time ran out while a leg was pending */
	/* Several users are rung: 600 and 603 end only the part of one of them. Set before legs are added. */
	bool is_shared;
	bool declined; /* 600 or 603: the user does not want this call */
};

enum ur_outcome
{
	UR_OUTCOME_BUSY,
	UR_OUTCOME_NO_ANSWER,
	UR_OUTCOME_UNREACHABLE, /* nobody rang, or every leg was unreachable */
	UR_OUTCOME_NEGOTIATION, /* every leg ended so: only the caller's phone can change that */
};

/* Sets every code to REFUSED; ur_verdict_codes_parse() sets the others. */
void ur_verdict_codes_reset(struct ur_verdict_codes *codes);

/*
 * Gives every code of a list like "486,600, 603" the verdict. Returns 0, or EINVAL if the list has
 * anything except codes from 300 to 699; *badp then points to the first error in it.
 */
int ur_verdict_codes_parse(struct ur_verdict_codes *codes, const char *list,
		enum ur_verdict verdict, const char **badp);

/* The verdict of one leg. */
enum ur_verdict ur_verdict_of_leg(
		const struct ur_verdict_codes *codes, struct ur_leg_end end);

/* True for the codes by which the person declines the call on all devices. */
bool ur_verdict_declines(int code);

/* Adds a leg's end to the ring. Of a step's legs add those first that decline: with them the ring
 * was over, even if another phone does not answer the CANCEL. */
void ur_ring_add(struct ur_ring *ring, const struct ur_verdict_codes *codes,
		struct ur_leg_end end);

/*
 * Notes the first leg that ends by negotiation, when its response comes: a step's legs are added
 * later, in the order of their branches. True if this is the first one.
 */
bool ur_ring_note_negotiation(
		struct ur_ring *ring, const struct ur_verdict_codes *codes, int code);

/* Has a leg ended? */
bool ur_ring_has_legs(const struct ur_ring *ring);

/* The ring's outcome, for the rules after ringing. */
enum ur_outcome ur_ring_outcome(const struct ur_ring *ring);

/*
 * The status that a transfer ends with (RFC 3891): 481 if no phone knows the call that it
 * continues, 486 if a phone that knows it was busy, else 480.
 */
int ur_ring_status_of_transfer(const struct ur_ring *ring);

/* "busy", "no-answer", "unreachable", "negotiation", "refused"; and those of an outcome. */
const char *ur_verdict_name(enum ur_verdict verdict);
const char *ur_outcome_name(enum ur_outcome outcome);

#endif
