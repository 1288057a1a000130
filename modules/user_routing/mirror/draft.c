/*
 * Rows of the database → the body of a record, with the rows' odd values
 * refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "mirror/record.h"

enum
{
	RING_TIMEOUT_MAX = 600, /* seconds, as the schema has it */
};

static int refuse(struct ur_draft *draft, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

static int refuse(struct ur_draft *draft, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(draft->error, sizeof(draft->error), format, args);
	va_end(args);
	return EINVAL;
}

/* Room for size bytes of fixed structs, cleared: bodies are compared as
 * bytes. */
static void start(struct ur_draft *draft, enum ur_record_type type, size_t size,
		int node_count)
{
	draft->type = type;
	draft->node_count = node_count;
	draft->body_size = size;
	draft->error[0] = '\0';
	memset(draft->body, 0, size);
}

/* Appends to the slice, which is empty or the body's last. A body that gets
 * too large keeps counting and stops copying; finish() refuses it. */
static void append(
		struct ur_draft *draft, struct ur_slice *slice, struct ur_text text)
{
	if(text.len == 0)
		return;
	if((uint64_t)draft->body_size + text.len > UR_BODY_MAX) {
		draft->body_size = UR_BODY_MAX + 1;
		return;
	}
	if(slice->len == 0)
		slice->off = draft->body_size;
	memcpy(draft->body + draft->body_size, text.s, text.len);
	slice->len += text.len;
	draft->body_size += text.len;
}

static int finish(struct ur_draft *draft)
{
	if(draft->body_size > UR_BODY_MAX)
		return refuse(draft, "its text is longer than %d bytes", UR_BODY_MAX);
	return 0;
}

static bool is_active(struct ur_text status)
{
	return ur_text_equal(status, UR_TEXT("active"));
}

static int read_strategy(
		struct ur_draft *draft, struct ur_text name, uint8_t *strategy)
{
	static const struct ur_text names[] = {
			[UR_RING_SIMULTANEOUS] = UR_TEXT_INIT("simultaneous"),
			[UR_RING_SEQUENTIAL] = UR_TEXT_INIT("sequential"),
			[UR_RING_SPECIFIC] = UR_TEXT_INIT("specific"),
	};
	size_t i;

	for(i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if(ur_text_equal(names[i], name)) {
			*strategy = i;
			return 0;
		}
	}
	return refuse(draft,
			"ring_strategy is '%.*s', not simultaneous, sequential or specific",
			name.len < 32 ? name.len : 32, name.s);
}

static int check_user(
		struct ur_draft *draft, const struct ur_user_row *row, int count)
{
	if(ur_text_is_empty(row->id))
		return refuse(draft, "id is empty");
	if(ur_text_is_empty(row->username))
		return refuse(draft, "username is empty");
	if(row->ring_timeout_sec < 1 || row->ring_timeout_sec > RING_TIMEOUT_MAX)
		return refuse(draft, "ring_timeout_sec is %d, not 1 to %d",
				row->ring_timeout_sec, RING_TIMEOUT_MAX);
	if(count > UR_MAX_DEVICES)
		return refuse(draft, "it has %d devices, not up to %d", count,
				UR_MAX_DEVICES);
	return 0;
}

static uint8_t device_flags(const struct ur_device_row *row)
{
	return (is_active(row->status) ? UR_DEVICE_ACTIVE : 0)
		   | (row->available ? UR_DEVICE_AVAILABLE : 0)
		   | (row->ring_on_fork ? UR_DEVICE_RING_ON_FORK : 0)
		   | (row->ring_specific ? UR_DEVICE_SPECIFIC : 0);
}

static int draft_device(struct ur_draft *draft, struct ur_device *device,
		const struct ur_device_row *row)
{
	if(ur_text_is_empty(row->id) || ur_text_is_empty(row->auth_username)
			|| ur_text_is_empty(row->realm))
		return refuse(draft,
				"its device '%.*s' has an empty id, auth_username or realm",
				row->id.len < 64 ? row->id.len : 64, row->id.s);
	device->ring_order = row->ring_order;
	device->flags = device_flags(row);
	append(draft, &device->id, row->id);
	append(draft, &device->aor, row->auth_username);
	append(draft, &device->aor, UR_TEXT("@"));
	append(draft, &device->aor, row->realm);
	return 0;
}

static void draft_user_texts(struct ur_draft *draft, struct ur_user *user,
		const struct ur_user_row *row)
{
	int i;

	append(draft, &user->id, row->id);
	append(draft, &user->username, row->username);
	append(draft, &user->display_name, row->display_name);
	append(draft, &user->voicemail_id, row->voicemail_id);
	append(draft, &user->out_cid_number, row->out_cid_number);
	append(draft, &user->out_cid_name, row->out_cid_name);
	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		append(draft, &user->forward[i].kind, row->forward[i].kind);
		append(draft, &user->forward[i].id, row->forward[i].id);
	}
}

int ur_record_draft_user(struct ur_draft *draft, const struct ur_user_row *row,
		const struct ur_device_row *devices, int count)
{
	struct ur_user *user = (struct ur_user *)draft->body;
	int i;

	if(check_user(draft, row, count) != 0)
		return EINVAL;
	start(draft, UR_RECORD_USER, sizeof(*user) + count * sizeof(*user->devices),
			UR_NODE_FIRST_DEVICE + count);
	if(read_strategy(draft, row->ring_strategy, &user->strategy) != 0)
		return EINVAL;
	user->account = row->account;
	user->ring_timeout_sec = row->ring_timeout_sec;
	user->device_count = count;
	user->active = is_active(row->status);
	user->dnd = row->dnd != 0;
	draft_user_texts(draft, user, row);
	for(i = 0; i < count; i++) {
		if(draft_device(draft, &user->devices[i], &devices[i]) != 0)
			return EINVAL;
	}
	return finish(draft);
}

/* Domain names compare without regard to case: one spelling is kept. */
static void fold_case(struct ur_draft *draft, struct ur_slice slice)
{
	char *s = draft->body + slice.off;
	int i;

	for(i = 0; i < slice.len; i++) {
		if(s[i] >= 'A' && s[i] <= 'Z')
			s[i] += 'a' - 'A';
	}
}

static int check_account(
		struct ur_draft *draft, const struct ur_account_row *row, int count)
{
	if(ur_text_is_empty(row->id))
		return refuse(draft, "id is empty");
	if(count > UR_MAX_DOMAINS)
		return refuse(draft, "it has %d domains, not up to %d", count,
				UR_MAX_DOMAINS);
	return 0;
}

int ur_record_draft_account(struct ur_draft *draft,
		const struct ur_account_row *row, const struct ur_text *domains,
		int count)
{
	struct ur_account *account = (struct ur_account *)draft->body;
	int i;

	if(check_account(draft, row, count) != 0)
		return EINVAL;
	start(draft, UR_RECORD_ACCOUNT,
			sizeof(*account) + count * sizeof(*account->domains),
			UR_NODE_FIRST_DOMAIN + count);
	account->number = row->number;
	account->active = is_active(row->status);
	account->domain_count = count;
	append(draft, &account->id, row->id);
	append(draft, &account->default_cid_number, row->default_cid_number);
	for(i = 0; i < count; i++) {
		if(ur_text_is_empty(domains[i]))
			return refuse(draft, "one of its domains is empty");
		append(draft, &account->domains[i], domains[i]);
		fold_case(draft, account->domains[i]);
	}
	return finish(draft);
}
