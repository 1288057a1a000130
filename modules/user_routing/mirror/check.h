/*
 * The check: what is configured and can't work as it stands, as the view
 * routing_problem has it. An RPC asks, and the mirror's process, the only one that talks
 * to PostgreSQL, answers.
 *
 * There is one question at a time. Who asks gets its number, and looks with that
 * whether the answer has come, for as long as it likes to wait. An answer that nobody
 * waited for is kept for a while, for the next one with the same question.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_CHECK_H
#define UR_MIRROR_CHECK_H

#include <stdbool.h>

#include "mirror/source/pg.h"
#include "mirror/source/session.h"
#include "policy/text.h"

enum
{
	UR_CHECK_TEXT = 1 << 16, /* bytes of all their texts */
	UR_CHECK_ACCOUNT = 128,	 /* more than an account's id can have */
};

struct ur_check;

struct ur_check_answer
{
	char error[UR_SESSION_ERROR]; /* why there is none; empty: there is one */
	int64_t at;					  /* when it came, see ur_pg_now() */
	int took;					  /* ms that the database needed for it */
	long long found;			  /* problems that there are … */
	int count;					  /* … and how many of them are in here */
	size_t size;				  /* of their texts */
	char text[UR_CHECK_TEXT];
};

/* A row of routing_problem; its field is empty where that is NULL. */
struct ur_problem
{
	const char *account_id;
	const char *problem;
	const char *object;
	const char *object_id;
	const char *field;
	const char *sentence;
};

/* Makes one in shared memory, that nobody has asked yet. Returns 0 or ENOMEM. */
int ur_check_alloc(struct ur_check **checkp);
void ur_check_free(struct ur_check *check); /* NULL: nothing */

/* ---- who asks: any process */

/*
 * Asks for the problems of that account, of all when its id is empty. Returns the
 * number of the question: one that is still open, or whose answer nobody has taken and
 * is younger than max_age ms, is not asked twice. 0: another one is open, or the id is
 * too long.
 */
uint32_t ur_check_ask(
		struct ur_check *check, struct ur_text account, int max_age);

/* Copies the answer. Returns 0, EAGAIN when there is none yet, or ESTALE when there
 * will be none: another question has been asked since. */
int ur_check_take(struct ur_check *check, uint32_t number,
		struct ur_check_answer *answer);

/* Reads the problem at that place of an answer's texts; the first one is at NULL.
 * Returns the place of the next one, or NULL when this was no problem but the end. */
const char *ur_check_read(const struct ur_check_answer *answer, const char *at,
		struct ur_problem *problem);

/* ---- who answers: the mirror's process */

bool ur_check_is_open(struct ur_check *check);

/*
 * Answers the open question from the database, or with what went wrong there. Returns
 * what ur_pg_query() does. What the connection's other work ends it with is no answer:
 * the question stays open.
 */
int ur_check_run(struct ur_check *check, struct ur_pg *pg);

/* Answers it with an error. */
void ur_check_fail(struct ur_check *check, const char *error);

#endif
