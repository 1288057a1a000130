/*
 * One question about the configuration, and its answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror/port.h"
#include "mirror/source/queries.h"

struct ur_check
{
	/* One lock. Guards all that follows; for the answer see below. It is held longest to copy an
	 * answer: 64 KB at most. */
	struct ur_port_locks *lock;
	char account[UR_CHECK_ACCOUNT];
	uint32_t asked;	   /* number of the last question, 0: none */
	uint32_t answered; /* number of the last one that was answered */
	bool was_taken;	   /* somebody has taken that answer */
	/* Only the mirror's process uses it while a question is open. */
	struct ur_check_answer answer;
};

int ur_check_alloc(struct ur_check **checkp)
{
	struct ur_check *check = ur_port_alloc(sizeof(*check));

	if(check == NULL)
		return ENOMEM;
	memset(check, 0, sizeof(*check));
	check->lock = ur_port_locks_new(1);
	if(check->lock == NULL) {
		ur_port_free(check);
		return ENOMEM;
	}
	*checkp = check;
	return 0;
}

void ur_check_free(struct ur_check *check)
{
	if(check == NULL)
		return;
	ur_port_locks_free(check->lock);
	ur_port_free(check);
}

static void lock(struct ur_check *check)
{
	ur_port_lock(check->lock, 0);
}

static void unlock(struct ur_check *check)
{
	ur_port_unlock(check->lock, 0);
}

/* ---- who asks */

static bool is_about(const struct ur_check *check, struct ur_text account)
{
	struct ur_text asked = {check->account, (int)strlen(check->account)};

	return check->asked != 0 && ur_text_equal(asked, account);
}

static void ask(struct ur_check *check, struct ur_text account)
{
	if(account.len > 0)
		memcpy(check->account, account.s, account.len);
	check->account[account.len] = '\0';
	check->was_taken = false;
	if(++check->asked == 0)
		check->asked = 1;
}

uint32_t ur_check_ask(
		struct ur_check *check, struct ur_text account, int max_age)
{
	const int64_t now = ur_pg_now();
	uint32_t number = 0;
	bool is_same;

	if(account.len >= UR_CHECK_ACCOUNT)
		return 0;
	lock(check);
	is_same = is_about(check, account);
	if(check->asked == check->answered
			&& (!is_same || check->was_taken
					|| now - check->answer.at >= max_age)) {
		ask(check, account);
		is_same = true;
	}
	if(is_same)
		number = check->asked;
	unlock(check);
	return number;
}

int ur_check_take(
		struct ur_check *check, uint32_t number, struct ur_check_answer *answer)
{
	const struct ur_check_answer *from = &check->answer;
	int err = ESTALE;

	lock(check);
	if(number == check->asked)
		err = check->answered == number ? 0 : EAGAIN;
	if(err == 0) {
		memcpy(answer, from, offsetof(struct ur_check_answer, text));
		memcpy(answer->text, from->text, from->size);
		check->was_taken = true;
	}
	unlock(check);
	return err;
}

const char *ur_check_read(const struct ur_check_answer *answer, const char *at,
		struct ur_problem *problem)
{
	const char **fields[] = {&problem->account_id, &problem->problem,
			&problem->object, &problem->object_id, &problem->field,
			&problem->sentence};
	size_t i;

	if(at == NULL)
		at = answer->text;
	if(at == answer->text + answer->size)
		return NULL;
	for(i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = at;
		at += strlen(at) + 1;
	}
	return at;
}

/* ---- who answers */

bool ur_check_is_open(struct ur_check *check)
{
	bool is_open;

	lock(check);
	is_open = check->asked != check->answered;
	unlock(check);
	return is_open;
}

static void publish(struct ur_check *check)
{
	check->answer.at = ur_pg_now();
	lock(check);
	check->answered = check->asked;
	unlock(check);
}

void ur_check_fail(struct ur_check *check, const char *error)
{
	struct ur_check_answer *answer = &check->answer;

	answer->found = answer->count = answer->took = 0;
	answer->size = 0;
	snprintf(answer->error, sizeof(answer->error), "%s", error);
	publish(check);
}

/* Appends a row's texts; returns false if they don't fit. */
static bool add_row(
		struct ur_check_answer *answer, const PGresult *rows, int row)
{
	size_t size = answer->size;
	int i;

	for(i = UR_COLUMN_PROBLEM_ACCOUNT_ID; i <= UR_COLUMN_PROBLEM_SENTENCE;
			i++) {
		const char *value = PQgetvalue(rows, row, i); /* NULL: "" */
		size_t len = strlen(value) + 1;

		if(len > sizeof(answer->text) - size)
			return false;
		memcpy(answer->text + size, value, len);
		size += len;
	}
	answer->size = size;
	answer->count++;
	return true;
}

static void take_rows(struct ur_check_answer *answer, const PGresult *rows)
{
	const int count = PQntuples(rows);
	int row;

	answer->error[0] = '\0';
	answer->size = 0;
	answer->count = 0;
	answer->found = 0;
	if(count > 0)
		answer->found = atoll(PQgetvalue(rows, 0, UR_COLUMN_PROBLEM_FOUND));
	for(row = 0; row < count && add_row(answer, rows, row); row++)
		;
}

static void fail_query(struct ur_check *check, const struct ur_pg *pg, int err)
{
	char error[UR_SESSION_ERROR];

	ur_session_error(pg, err, error);
	ur_check_fail(check, error);
}

int ur_check_run(struct ur_check *check, struct ur_pg *pg)
{
	const int64_t started = ur_pg_now();
	PGresult *rows;
	/* The account can't change while the question is open. */
	const bool is_all = check->account[0] == '\0';
	int err = ur_pg_query(pg,
			is_all ? ur_query_problems : ur_query_account_problems,
			is_all ? NULL : check->account, &rows);

	if(err == EPROTO || err == ECONNABORTED)
		fail_query(check, pg, err);
	if(err != 0)
		return err;
	take_rows(&check->answer, rows);
	PQclear(rows);
	check->answer.took = (int)(ur_pg_now() - started);
	publish(check);
	return 0;
}
