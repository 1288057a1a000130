/*
 * Calls in progress.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support/calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/world.h"

static struct
{
	int others['z' + 1];
	bool has['z' + 1];
	char asked[200];
	int len;
} calls;

void ur_test_calls_set(const char *text)
{
	memset(&calls, 0, sizeof(calls));
	while(text != NULL && *text != '\0') {
		calls.others[(int)*text] = atoi(text + 1);
		text = strchr(text, ' ');
		text = text != NULL ? text + 1 : NULL;
	}
}

void ur_test_calls_set_of(char user, int count)
{
	calls.others[(int)user] = count;
}

static int index_of(const struct ur_user *user)
{
	const int name = ur_user_text(user, user->id).s[0];

	UR_TEST_HOLDS(name >= 'a' && name <= 'z');
	return name;
}

bool ur_test_add_call(void *context, const struct ur_user *user, bool must)
{
	const int name = index_of(user);

	(void)context;
	calls.has[name] |= must || user->max_calls == 0
					   || calls.others[name] < user->max_calls;
	calls.len +=
			snprintf(calls.asked + calls.len, sizeof(calls.asked) - calls.len,
					"%s%c%s", calls.len > 0 ? " " : "", name,
					!calls.has[name] ? "-"
					: must			 ? "!"
									 : "");
	UR_TEST_HOLDS(calls.len < (int)sizeof(calls.asked));
	return calls.has[name];
}

const char *ur_test_calls_asked(void)
{
	return calls.asked;
}

bool ur_test_calls_count(char user)
{
	return calls.has[(int)user];
}

int ur_test_calls_of(void *context, const struct ur_user *user)
{
	(void)context;
	return calls.others[index_of(user)];
}
