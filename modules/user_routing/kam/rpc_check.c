/*
 * Asks the mirror's process for the configuration problems, and sends them as the answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_check.h"

#include <errno.h>
#include <unistd.h>

#include "kam/compat.h"

enum
{
	WAIT_MS = 2000,
	POLL_MS = 10,
	KEPT_MS = 60000, /* for an answer that came too late */
};

/* Reads the parameter; an empty account means all. */
static bool read_account(rpc_t *rpc, void *ctx, struct ur_table *table, str *id)
{
	const struct ur_account *account;

	if(rpc->scan(ctx, "*.S", id) < 1 || id->len == 0) {
		*id = (str){"", 0};
		return true;
	}
	account = ur_table_account_by_id(table, ur_text_of_str(*id));
	if(account == NULL) {
		rpc->fault(ctx, 404, "There is no account.id \"%.*s\"",
				id->len < 64 ? id->len : 64, id->s);
		return false;
	}
	ur_table_account_put(account);
	return true;
}

static int wait_for(
		struct ur_check *check, uint32_t number, struct ur_check_answer *answer)
{
	const int64_t until = ur_pg_now() + WAIT_MS;
	int err;

	while((err = ur_check_take(check, number, answer)) == EAGAIN
			&& ur_pg_now() < until)
		usleep(POLL_MS * 1000);
	return err;
}

static int add_problem(
		rpc_t *rpc, void *problems, const struct ur_problem *problem)
{
	void *node;
	int err = rpc->array_add(problems, "{", &node);

	if(err == 0)
		err = rpc->struct_add(node, "ssssss", "account_id", problem->account_id,
				"problem", problem->problem, "object", problem->object,
				"object_id", problem->object_id, "field", problem->field,
				"sentence", problem->sentence);
	return err;
}

static int tell(rpc_t *rpc, void *ctx, const struct ur_check_answer *answer)
{
	struct ur_problem problem;
	const char *at = NULL;
	void *node, *problems;
	int err = rpc->add(ctx, "{", &node);

	if(err == 0)
		err = rpc->struct_add(node, "dddd", "found", (int)answer->found,
				"shown", answer->count, "age",
				(int)((ur_pg_now() - answer->at) / 1000), "took_ms",
				answer->took);
	if(err == 0)
		err = rpc->struct_add(node, "[", "problems", &problems);
	while(err == 0 && (at = ur_check_read(answer, at, &problem)) != NULL)
		err = add_problem(rpc, problems, &problem);
	return err;
}

void ur_rpc_check(rpc_t *rpc, void *ctx, struct ur_table *table,
		struct ur_state *state, struct ur_check *check)
{
	static struct ur_check_answer answer;
	struct ur_mirror_report report;
	uint32_t number;
	str account;
	int err;

	if(!read_account(rpc, ctx, table, &account))
		return;
	ur_state_report(state, &report);
	if(report.backend_pid == 0) {
		rpc->fault(ctx, 503, "The database is out of reach: %.90s",
				report.last_error);
		return;
	}
	number = ur_check_ask(check, ur_text_of_str(account), KEPT_MS);
	err = number != 0 ? wait_for(check, number, &answer) : ESTALE;
	if(err == EAGAIN)
		rpc->fault(ctx, 504,
				"The database has not answered yet: ask again within a minute"
				" to get the answer");
	else if(err != 0)
		rpc->fault(ctx, 503, "Another check is in progress: try again later");
	else if(answer.error[0] != '\0')
		rpc->fault(ctx, 500, "Database: %s", answer.error);
	else if(tell(rpc, ctx, &answer) != 0)
		rpc->fault(ctx, 500,
				"The answer is too large: ask for one account, or raise private"
				" memory (-M)");
}
