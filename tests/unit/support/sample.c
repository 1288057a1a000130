/*
 * Rows for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "support/sample.h"

enum
{
	PARTS_MAX = 16,
};

struct ur_text ur_test_text(const char *s)
{
	return (struct ur_text){s, (int)strlen(s)};
}

bool ur_test_slice_is(const void *base, struct ur_slice slice, const char *s)
{
	return ur_text_equal(ur_slice_text(base, slice), ur_test_text(s));
}

struct ur_user_row ur_test_user_row(
		uint32_t account, const char *id, const char *username)
{
	return (struct ur_user_row){.account = account,
			.id = ur_test_text(id),
			.username = ur_test_text(username),
			.status = UR_TEXT("active"),
			.ring_strategy = UR_TEXT("simultaneous"),
			.ring_timeout_sec = 25};
}

struct ur_device_row ur_test_device_row(
		const char *id, const char *auth_username)
{
	return (struct ur_device_row){.id = ur_test_text(id),
			.auth_username = ur_test_text(auth_username),
			.realm = UR_TEXT("acme.example"),
			.ring_on_fork = 1,
			.available = 1,
			.status = UR_TEXT("active")};
}

/* The words of the list, each as text into it. */
static int split(const char *list, struct ur_text words[PARTS_MAX])
{
	int count = 0;

	for(list += strspn(list, " "); *list != '\0'; list += strspn(list, " ")) {
		int len = (int)strcspn(list, " ");

		if(count == PARTS_MAX)
			abort();
		words[count++] = (struct ur_text){list, len};
		list += len;
	}
	return count;
}

int ur_test_publish_user(struct ur_writer *writer, uint32_t account,
		const char *id, const char *username, const char *devices)
{
	static _Thread_local struct ur_draft draft;
	struct ur_user_row row = ur_test_user_row(account, id, username);
	struct ur_device_row rows[PARTS_MAX];
	struct ur_text names[PARTS_MAX];
	int count = split(devices, names);
	int i;

	for(i = 0; i < count; i++) {
		rows[i] = ur_test_device_row("", "");
		rows[i].id = names[i];
		rows[i].auth_username = names[i];
	}
	if(ur_draft_user(&draft, &row, rows, count, NULL, 0) != 0)
		abort();
	return ur_writer_publish(writer, &draft);
}

int ur_test_publish_account(struct ur_writer *writer, uint32_t number,
		const char *id, const char *domains)
{
	static _Thread_local struct ur_draft draft;
	struct ur_account_row row = {.number = number,
			.id = ur_test_text(id),
			.status = UR_TEXT("active")};
	struct ur_text names[PARTS_MAX];
	int count = split(domains, names);

	if(ur_draft_account(&draft, &row, names, count, 0) != 0)
		abort();
	return ur_writer_publish(writer, &draft);
}
