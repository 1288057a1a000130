/*
 * Rows of the database → the body of a record, with the rows' odd values
 * refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mirror/store/characters.h"
#include "mirror/store/record.h"

enum
{
	RING_TIMEOUT_MAX = 600, /* seconds, as the schema has it */
};

__attribute__((format(printf, 2, 3))) static int refuse(
		struct ur_draft *draft, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(draft->error, sizeof(draft->error), format, args);
	va_end(args);
	return EINVAL;
}

bool ur_record_is_too_long(const struct ur_draft *draft)
{
	return draft->body_size > UR_BODY_MAX;
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

/* The last bytes of the body, once more under a name of their own. */
static struct ur_slice tail(const struct ur_draft *draft, int len)
{
	return (struct ur_slice){draft->body_size - len, len};
}

/* Domain names compare without regard to case: one spelling is kept. */
static void fold_case(struct ur_draft *draft, struct ur_slice slice)
{
	char *s = draft->body + slice.off;
	int i;

	if(ur_record_is_too_long(draft))
		return; /* not all of it is there */
	for(i = 0; i < slice.len; i++) {
		if(s[i] >= 'A' && s[i] <= 'Z')
			s[i] += 'a' - 'A';
	}
}

static int finish(struct ur_draft *draft)
{
	if(draft->body_size > UR_BODY_MAX)
		return refuse(draft, "its text is longer than %d bytes", UR_BODY_MAX);
	return 0;
}

static int check_written(
		struct ur_draft *draft, const struct ur_written *texts, int count)
{
	unsigned char c;
	const struct ur_written *odd = ur_characters_odd(texts, count, &c);

	if(odd == NULL)
		return 0;
	return refuse(draft,
			"%s has a character that can't be there: "
			"0x%02x",
			odd->column, c);
}

#define CHECK_WRITTEN(draft, texts) \
	check_written(draft, texts, sizeof(texts) / sizeof(texts[0]))

static bool is_active(struct ur_text status)
{
	return ur_text_equal(status, UR_TEXT("active"));
}

static const struct ur_text strategy_names[] = {
		[UR_RING_SIMULTANEOUS] = UR_TEXT_INIT("simultaneous"),
		[UR_RING_SEQUENTIAL] = UR_TEXT_INIT("sequential"),
		[UR_RING_SPECIFIC] = UR_TEXT_INIT("specific"),
};

#define STRATEGIES (sizeof(strategy_names) / sizeof(strategy_names[0]))

struct ur_text ur_record_strategy_name(enum ur_ring_strategy strategy)
{
	return strategy_names[strategy];
}

static int read_strategy(
		struct ur_draft *draft, struct ur_text name, uint8_t *strategy)
{
	size_t i;

	for(i = 0; i < STRATEGIES; i++) {
		if(ur_text_equal(strategy_names[i], name)) {
			*strategy = i;
			return 0;
		}
	}
	return refuse(draft,
			"ring_strategy is '%.*s', not simultaneous, sequential or specific",
			name.len < 32 ? name.len : 32, name.s);
}

/* The names are quoted, and lose their control characters by that. */
static int check_user_texts(
		struct ur_draft *draft, const struct ur_user_row *row)
{
	const struct ur_written texts[] = {
			{"id", row->id, ur_characters_no_control},
			{"username", row->username, ur_characters_no_control},
			{"voicemail_id", row->voicemail_id, ur_characters_no_control},
			{"out_cid_number", row->out_cid_number, ur_characters_no_control},
	};
	int i;

	for(i = 0; i < UR_FORWARD_COUNT; i++) {
		const struct ur_written target[] = {
				{"a forward's kind", row->forward[i].kind,
						ur_characters_no_control},
				{"a forward's id", row->forward[i].id,
						ur_characters_no_control}};

		if(CHECK_WRITTEN(draft, target) != 0)
			return EINVAL;
	}
	return CHECK_WRITTEN(draft, texts);
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
	return check_user_texts(draft, row);
}

static uint8_t device_flags(const struct ur_device_row *row)
{
	return (is_active(row->status) ? UR_DEVICE_ACTIVE : 0)
		   | (row->available ? UR_DEVICE_AVAILABLE : 0)
		   | (row->ring_on_fork ? UR_DEVICE_RING_ON_FORK : 0)
		   | (row->ring_specific ? UR_DEVICE_SPECIFIC : 0)
		   | (!ur_text_is_empty(row->ha1) ? UR_DEVICE_HA1 : 0);
}

/* 0 to 15, or -1: no lower-case hexadecimal digit. */
static int hex_value(char c)
{
	if(c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_ha1(struct ur_text hex, uint8_t ha1[UR_HA1_SIZE])
{
	int i;

	if(hex.len != 2 * UR_HA1_SIZE)
		return false;
	for(i = 0; i < UR_HA1_SIZE; i++) {
		int high = hex_value(hex.s[2 * i]);
		int low = hex_value(hex.s[2 * i + 1]);

		if(high < 0 || low < 0)
			return false;
		ha1[i] = high << 4 | low;
	}
	return true;
}

int ur_record_check_device(
		struct ur_draft *draft, const struct ur_device_row *row)
{
	uint8_t ha1[UR_HA1_SIZE];
	const struct ur_written texts[] = {
			{"a device's id", row->id, ur_characters_no_control},
			{"a device's auth_username", row->auth_username,
					ur_characters_no_control},
			{"a device's realm", row->realm, ur_characters_host},
	};

	if(CHECK_WRITTEN(draft, texts) != 0)
		return EINVAL;
	if(ur_text_is_empty(row->id) || ur_text_is_empty(row->auth_username)
			|| ur_text_is_empty(row->realm))
		return refuse(draft,
				"its device '%.*s' has an empty id, auth_username or realm",
				row->id.len < 64 ? row->id.len : 64, row->id.s);
	if(!ur_text_is_empty(row->ha1) && !read_ha1(row->ha1, ha1))
		return refuse(draft,
				"ha1 of its device '%.*s' is not 32 lower-case hexadecimal"
				" digits",
				row->id.len < 64 ? row->id.len : 64, row->id.s);
	return 0;
}

static int draft_device(struct ur_draft *draft, struct ur_device *device,
		const struct ur_device_row *row)
{
	if(ur_record_check_device(draft, row) != 0)
		return EINVAL;
	if(!ur_text_is_empty(row->ha1))
		read_ha1(row->ha1, device->ha1);
	device->ring_order = row->ring_order;
	device->flags = device_flags(row);
	append(draft, &device->id, row->id);
	append(draft, &device->aor, row->auth_username);
	append(draft, &device->aor, UR_TEXT("@"));
	append(draft, &device->aor, row->realm);
	fold_case(draft, tail(draft, row->realm.len));
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

static int check_account(
		struct ur_draft *draft, const struct ur_account_row *row, int count)
{
	const struct ur_written texts[] = {
			{"id", row->id, ur_characters_no_control},
			{"default_cid_number", row->default_cid_number,
					ur_characters_no_control},
	};

	if(ur_text_is_empty(row->id))
		return refuse(draft, "id is empty");
	if(count > UR_MAX_DOMAINS)
		return refuse(draft, "it has %d domains and numbers, not up to %d",
				count, UR_MAX_DOMAINS);
	return CHECK_WRITTEN(draft, texts);
}

int ur_record_check_account_text(struct ur_draft *draft, struct ur_text text)
{
	const struct ur_written texts[] = {
			{"one of its domains or numbers", text, ur_characters_host}};

	if(ur_text_is_empty(text))
		return refuse(draft, "one of its domains or numbers is empty");
	return CHECK_WRITTEN(draft, texts);
}

int ur_record_draft_account(struct ur_draft *draft,
		const struct ur_account_row *row, const struct ur_text *texts,
		int domain_count, int number_count)
{
	struct ur_account *account = (struct ur_account *)draft->body;
	const int count = domain_count + number_count;
	int i;

	if(check_account(draft, row, count) != 0)
		return EINVAL;
	start(draft, UR_RECORD_ACCOUNT,
			sizeof(*account) + count * sizeof(*account->texts),
			UR_NODE_FIRST_DOMAIN + domain_count);
	account->number = row->number;
	account->active = is_active(row->status);
	account->domain_count = domain_count;
	account->number_count = number_count;
	append(draft, &account->id, row->id);
	append(draft, &account->default_cid_number, row->default_cid_number);
	for(i = 0; i < count; i++) {
		if(ur_record_check_account_text(draft, texts[i]) != 0)
			return EINVAL;
		append(draft, &account->texts[i], texts[i]);
		if(i < domain_count)
			fold_case(draft, account->texts[i]);
	}
	return finish(draft);
}

int ur_record_draft_extension(
		struct ur_draft *draft, const struct ur_extension_row *row)
{
	struct ur_extension *extension = (struct ur_extension *)draft->body;
	const struct ur_written texts[] = {
			{"id", row->id, ur_characters_no_control},
			{"digits", row->digits, ur_characters_no_control},
			{"dest_kind", row->target.kind, ur_characters_no_control},
			{"dest_id", row->target.id, ur_characters_no_control},
	};

	if(ur_text_is_empty(row->id) || ur_text_is_empty(row->digits))
		return refuse(draft, "its id or digits are empty");
	if(CHECK_WRITTEN(draft, texts) != 0)
		return EINVAL;
	start(draft, UR_RECORD_EXTENSION, sizeof(*extension),
			UR_NODE_EXTENSION_DIGITS + 1);
	extension->account = row->account;
	extension->active = is_active(row->status);
	append(draft, &extension->id, row->id);
	append(draft, &extension->digits, row->digits);
	append(draft, &extension->target.kind, row->target.kind);
	append(draft, &extension->target.id, row->target.id);
	return finish(draft);
}

static bool has_blank(struct ur_text text)
{
	return text.len > 0 && memchr(text.s, ' ', text.len) != NULL;
}

/* A notification names it by all three with a blank between, so only the id may have others. */
int ur_record_draft_target(
		struct ur_draft *draft, const struct ur_target_row *row)
{
	struct ur_route_target *target = (struct ur_route_target *)draft->body;
	const struct ur_written texts[] = {
			{"account_id", row->account_id, ur_characters_no_control},
			{"kind", row->target.kind, ur_characters_no_control},
			{"id", row->target.id, ur_characters_no_control},
			{"address", row->address, ur_characters_uri},
	};

	if(ur_text_is_empty(row->account_id) || ur_text_is_empty(row->target.kind)
			|| ur_text_is_empty(row->target.id))
		return refuse(draft, "its account_id, kind or id is empty");
	if(CHECK_WRITTEN(draft, texts) != 0)
		return EINVAL;
	if(has_blank(row->account_id) || has_blank(row->target.kind))
		return refuse(draft, "its account_id or kind has a blank in it");
	start(draft, UR_RECORD_TARGET, sizeof(*target), UR_NODE_ID + 1);
	append(draft, &target->name, row->account_id);
	append(draft, &target->name, UR_TEXT(" "));
	append(draft, &target->name, row->target.kind);
	target->kind = tail(draft, row->target.kind.len);
	append(draft, &target->name, UR_TEXT(" "));
	append(draft, &target->name, row->target.id);
	target->id = tail(draft, row->target.id.len);
	append(draft, &target->address, row->address);
	return finish(draft);
}

int ur_record_draft_target_kind(struct ur_draft *draft, struct ur_text kind,
		struct ur_text uri_template)
{
	struct ur_target_kind *body = (struct ur_target_kind *)draft->body;
	const struct ur_written texts[] = {
			{"kind", kind, ur_characters_no_control},
			{"uri_template", uri_template, ur_characters_uri},
	};

	if(ur_text_is_empty(kind))
		return refuse(draft, "kind is empty");
	if(CHECK_WRITTEN(draft, texts) != 0)
		return EINVAL;
	start(draft, UR_RECORD_TARGET_KIND, sizeof(*body), UR_NODE_ID + 1);
	append(draft, &body->kind, kind);
	append(draft, &body->uri_template, uri_template);
	return finish(draft);
}

/* In an odd spelling it matches nothing, and the list is not empty: that would allow all. */
int ur_record_draft_target_host(struct ur_draft *draft, struct ur_text host)
{
	const struct ur_written texts[] = {
			{"host", host, ur_characters_no_control}};

	if(ur_text_is_empty(host) || CHECK_WRITTEN(draft, texts) != 0)
		return refuse(draft, "host is empty or has control characters");
	start(draft, UR_RECORD_TARGET_HOST, sizeof(struct ur_target_host),
			UR_NODE_ID + 1);
	append(draft, &((struct ur_target_host *)draft->body)->host, host);
	return finish(draft);
}
