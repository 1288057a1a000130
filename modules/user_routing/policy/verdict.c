/*
 * The verdict of a leg, and the outcome of a ring.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/verdict.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void ur_verdict_codes_reset(struct ur_verdict_codes *codes)
{
	memset(codes->verdict, UR_VERDICT_REFUSED, sizeof(codes->verdict));
}

int ur_verdict_codes_parse(struct ur_verdict_codes *codes, const char *list,
		enum ur_verdict verdict, const char **badp)
{
	const char *at = list;

	for(;;) {
		char *end;
		long code;

		while(isspace((unsigned char)*at))
			at++;
		*badp = at;
		if(!isdigit((unsigned char)*at))
			return *at == '\0' && at == list ? 0 : EINVAL;
		code = strtol(at, &end, 10);
		if(code < UR_FIRST_FAILURE_CODE || code > UR_LAST_FAILURE_CODE)
			return EINVAL;
		codes->verdict[code - UR_FIRST_FAILURE_CODE] = verdict;
		for(at = end; isspace((unsigned char)*at); at++)
			;
		if(*at == '\0')
			return 0;
		*badp = at;
		if(*at++ != ',')
			return EINVAL;
	}
}

enum ur_verdict ur_verdict_of_leg(
		const struct ur_verdict_codes *codes, struct ur_leg_end end)
{
	if(end.code == 0)
		return end.heard ? UR_VERDICT_NO_ANSWER : UR_VERDICT_UNREACHABLE;
	if(end.code < UR_FIRST_FAILURE_CODE || end.code > UR_LAST_FAILURE_CODE)
		return UR_VERDICT_REFUSED;
	return codes->verdict[end.code - UR_FIRST_FAILURE_CODE];
}

bool ur_verdict_declines(int code)
{
	return code == 600 || code == 603;
}

void ur_ring_add(struct ur_ring *ring, const struct ur_verdict_codes *codes,
		struct ur_leg_end end)
{
	ring->legs[ur_verdict_of_leg(codes, end)]++;
	ur_ring_note_negotiation(ring, codes, end.code);
	if(end.code == 481
			&& ur_verdict_of_leg(codes, end) != UR_VERDICT_UNREACHABLE)
		ring->without_dialog++;
	if(end.code == 0 && end.heard && !end.is_own_time && !ring->declined)
		ring->timed_out = true;
	if(ur_verdict_declines(end.code) && !ring->is_shared)
		ring->declined = true;
}

bool ur_ring_note_negotiation(
		struct ur_ring *ring, const struct ur_verdict_codes *codes, int code)
{
	const struct ur_leg_end end = {.code = code};

	if(ring->negotiation != 0
			|| ur_verdict_of_leg(codes, end) != UR_VERDICT_NEGOTIATION)
		return false;
	ring->negotiation = code;
	return true;
}

static int count_legs(const struct ur_ring *ring)
{
	int legs = 0;
	int i;

	for(i = 0; i < UR_VERDICT_COUNT; i++)
		legs += ring->legs[i];
	return legs;
}

bool ur_ring_has_legs(const struct ur_ring *ring)
{
	return count_legs(ring) > 0;
}

static bool is_all(const struct ur_ring *ring, enum ur_verdict verdict)
{
	return ring->legs[verdict] > 0 && ring->legs[verdict] == count_legs(ring);
}

enum ur_outcome ur_ring_outcome(const struct ur_ring *ring)
{
	if(!ring->timed_out && ring->legs[UR_VERDICT_BUSY] > 0)
		return UR_OUTCOME_BUSY;
	if(count_legs(ring) == 0 || is_all(ring, UR_VERDICT_UNREACHABLE))
		return UR_OUTCOME_UNREACHABLE;
	return is_all(ring, UR_VERDICT_NEGOTIATION) ? UR_OUTCOME_NEGOTIATION
												: UR_OUTCOME_NO_ANSWER;
}

/* A phone that could not be reached counts as one that does not know the call. */
int ur_ring_status_of_transfer(const struct ur_ring *ring)
{
	if(count_legs(ring)
			== ring->without_dialog + ring->legs[UR_VERDICT_UNREACHABLE])
		return 481;
	return ur_ring_outcome(ring) == UR_OUTCOME_BUSY ? 486 : 480;
}

const char *ur_verdict_name(enum ur_verdict verdict)
{
	static const char *const names[UR_VERDICT_COUNT] = {
			[UR_VERDICT_REFUSED] = "refused",
			[UR_VERDICT_BUSY] = "busy",
			[UR_VERDICT_NO_ANSWER] = "no-answer",
			[UR_VERDICT_UNREACHABLE] = "unreachable",
			[UR_VERDICT_NEGOTIATION] = "negotiation",
	};

	return names[verdict];
}

const char *ur_outcome_name(enum ur_outcome outcome)
{
	static const char *const names[] = {
			[UR_OUTCOME_BUSY] = "busy",
			[UR_OUTCOME_NO_ANSWER] = "no-answer",
			[UR_OUTCOME_UNREACHABLE] = "unreachable",
			[UR_OUTCOME_NEGOTIATION] = "negotiation",
	};

	return names[outcome];
}
