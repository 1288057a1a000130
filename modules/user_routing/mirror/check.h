/*
 * The check: what is configured but can't work, from the view routing_problem. An RPC asks, and the
 * mirror's process, the only one that talks to PostgreSQL, answers.
 *
 * There is one question at a time. Whoever asks gets its number, and polls for the answer with it.
 * An answer that nobody took is kept for a while, for the next one who asks the same.
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
	UR_CHECK_TEXT = 1 << 16, /* bytes of all texts of an answer */
	UR_CHECK_ACCOUNT = 128,	 /* more than an account's id can have */
};

struct ur_check;

struct ur_check_answer
{
	char error[UR_SESSION_ERROR]; /* why the check failed; empty: it did not */
	int64_t at;					  /* when it came, see ur_pg_now() */
	int took;					  /* ms that the database needed for it */
	long long found;			  /* problems in all … */
	int count;					  /* … and how many of them are in text */
	size_t size;				  /* bytes used of text */
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

/* Allocates one in shared memory, without a question. Returns 0 or ENOMEM. */
int ur_check_alloc(struct ur_check **checkp);
void ur_check_free(struct ur_check *check); /* NULL: nothing */

/* ---- who asks: any process */

/*
 * Asks for the problems of an account, or of all accounts if the id is empty. Returns the number of
 * the question. The same question is not asked twice while it is open, or while its answer is
 * younger than max_age ms and nobody has taken it. Returns 0 if another question is open, or the id
 * is too long.
 */
uint32_t ur_check_ask(
		struct ur_check *check, struct ur_text account, int max_age);

/* Copies the answer. Returns 0, EAGAIN if there is none yet, or ESTALE if there will be none:
 * another question was asked since. */
int ur_check_take(struct ur_check *check, uint32_t number,
		struct ur_check_answer *answer);

/* Reads the problem at that place in an answer's text; the first one is at NULL. Returns the place
 * of the next one, or NULL if there was no problem left to read. */
const char *ur_check_read(const struct ur_check_answer *answer, const char *at,
		struct ur_problem *problem);

/* ---- who answers: the mirror's process */

bool ur_check_is_open(struct ur_check *check);

/*
 * Answers the open question from the database, or with the database's error. Returns what
 * ur_pg_query() does. If the connection's other work ends the wait, the question stays open.
 */
int ur_check_run(struct ur_check *check, struct ur_pg *pg);

/* Answers the open question with an error. */
void ur_check_fail(struct ur_check *check, const char *error);

#endif
