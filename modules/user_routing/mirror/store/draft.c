/*
 * Rows of the database → the body of a record. Rows with invalid values are refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mirror/store/draft.h"
#include "policy/number.h"

__attribute__((format(printf, 2, 3))) static int refuse(
		struct ur_draft *draft, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(draft->error, sizeof(draft->error), format, args);
	va_end(args);
	return EINVAL;
}

bool ur_draft_is_too_long(const struct ur_draft *draft)
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

/* The last len bytes of the body, as a second slice over the same text. */
static struct ur_slice tail(const struct ur_draft *draft, int len)
{
	return (struct ur_slice){draft->body_size - len, len};
}

/* Domain names are not case-sensitive: they are kept in lower case. */
static void fold_case(struct ur_draft *draft, struct ur_slice slice)
{
	char *s = draft->body + slice.off;
	int i;

	if(ur_draft_is_too_long(draft))
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

static bool is_active(struct ur_text status)
{
	return ur_text_equal(status, UR_TEXT("active"));
}

/* ---- by the list of columns */

/* How messages name a column, of the owner or of a part. */
#define SAID "%s%s"
#define SAY(view, column)                                                    \
	(view) == UR_VIEW_DEVICE ? "a device's " : "",                           \
			(view) == UR_VIEW_ACCOUNT_TEXT ? "one of its domains or numbers" \
										   : (column)->name

static int check_text(struct ur_draft *draft, enum ur_view view,
		const struct ur_column *column, struct ur_text text)
{
	const char *odd = NULL;

	if(column->is_needed && ur_text_is_empty(text))
		return refuse(draft, SAID " is empty", SAY(view, column));
	if(column->odd != NULL)
		odd = column->odd(text);
	if(odd == NULL)
		return 0;
	return refuse(draft, SAID " has an invalid character: 0x%02x",
			SAY(view, column), (unsigned char)*odd);
}

static int check_number(struct ur_draft *draft, enum ur_view view,
		const struct ur_column *column, int number)
{
	if(column->min == column->max
			|| (number >= column->min && number <= column->max))
		return 0;
	return refuse(draft, SAID " is %d, not %d to %d", SAY(view, column), number,
			column->min, column->max);
}

/* Is each column within its limits? */
static int check_row(struct ur_draft *draft, enum ur_view view, const void *row)
{
	const struct ur_columns *columns = &ur_columns[view];
	int err = 0;
	int i;

	for(i = 0; err == 0 && i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];

		if(ur_column_is_text(column))
			err = check_text(draft, view, column, *ur_column_text(column, row));
		else if(column->type != UR_COLUMN_KEY)
			err = check_number(
					draft, view, column, *ur_column_int(column, row));
	}
	return err;
}

static int number_of(const struct ur_column *column, const void *row)
{
	switch(column->type) {
		case UR_COLUMN_STATUS:
			return is_active(*ur_column_text(column, row));
		case UR_COLUMN_FLAG:
			return *ur_column_int(column, row) != 0;
		default:
			return *ur_column_int(column, row);
	}
}

/* Copies the columns into their struct in the body. */
static void keep_row(
		struct ur_draft *draft, enum ur_view view, const void *row, void *body)
{
	const struct ur_columns *columns = &ur_columns[view];
	int i;

	for(i = 0; i < columns->count; i++) {
		const struct ur_column *column = &columns->list[i];
		void *at = (char *)body + column->at;

		switch(column->kept) {
			case UR_KEPT_APART:
				break;
			case UR_KEPT_SLICE:
				append(draft, at, *ur_column_text(column, row));
				break;
			case UR_KEPT_BYTE:
				*(uint8_t *)at = (uint8_t)number_of(column, row);
				break;
			case UR_KEPT_WORD:
				*(uint16_t *)at = (uint16_t)number_of(column, row);
				break;
			case UR_KEPT_LONG:
				*(int32_t *)at = number_of(column, row);
				break;
			case UR_KEPT_BIT:
				*(uint8_t *)at |= number_of(column, row) ? column->bit : 0;
				break;
		}
	}
}

/* ---- users */

static const struct ur_text strategy_names[] = {
		[UR_RING_SIMULTANEOUS] = UR_TEXT_INIT("simultaneous"),
		[UR_RING_SEQUENTIAL] = UR_TEXT_INIT("sequential"),
		[UR_RING_SPECIFIC] = UR_TEXT_INIT("specific"),
};

#define STRATEGIES (sizeof(strategy_names) / sizeof(strategy_names[0]))

struct ur_text ur_draft_strategy_name(enum ur_ring_strategy strategy)
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

static int check_user(
		struct ur_draft *draft, const struct ur_user_row *row, int count)
{
	if(check_row(draft, UR_VIEW_USER, row) != 0)
		return EINVAL;
	if(count > UR_MAX_DEVICES)
		return refuse(draft, "it has %d devices, not up to %d", count,
				UR_MAX_DEVICES);
	return 0;
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

#define DEVICE "its device '%.*s'"
#define DEVICE_ID(row) (row)->id.len < 64 ? (row)->id.len : 64, (row)->id.s

static int check_phone(struct ur_draft *draft, const struct ur_device_row *row)
{
	uint8_t ha1[UR_HA1_SIZE];

	if(ur_text_is_empty(row->auth_username) || ur_text_is_empty(row->realm))
		return refuse(draft, DEVICE " has an empty auth_username or realm",
				DEVICE_ID(row));
	if(!ur_text_is_empty(row->ha1) && !read_ha1(row->ha1, ha1))
		return refuse(draft,
				"ha1 of " DEVICE " is not 32 lower-case hexadecimal digits",
				DEVICE_ID(row));
	return 0;
}

/* Nobody may register as a device that the gateway is called for. */
static int check_external(
		struct ur_draft *draft, const struct ur_device_row *row)
{
	if(!ur_text_is_empty(row->auth_username) || !ur_text_is_empty(row->realm)
			|| !ur_text_is_empty(row->ha1))
		return refuse(draft,
				DEVICE " has a number and an auth_username, realm or ha1: it"
					   " must have either",
				DEVICE_ID(row));
	if(row->number.len > UR_NUMBER_DIGITS_MAX)
		return refuse(draft,
				"the number of " DEVICE " has %d digits, not up to %d",
				DEVICE_ID(row), row->number.len, UR_NUMBER_DIGITS_MAX);
	return 0;
}

int ur_draft_check_device(
		struct ur_draft *draft, const struct ur_device_row *row)
{
	if(check_row(draft, UR_VIEW_DEVICE, row) != 0)
		return EINVAL;
	return ur_text_is_empty(row->number) ? check_phone(draft, row)
										 : check_external(draft, row);
}

static int draft_device(struct ur_draft *draft, struct ur_device *device,
		const struct ur_device_row *row)
{
	if(ur_draft_check_device(draft, row) != 0)
		return EINVAL;
	keep_row(draft, UR_VIEW_DEVICE, row, device);
	if(!ur_text_is_empty(row->ha1)) {
		read_ha1(row->ha1, device->ha1);
		device->flags |= UR_DEVICE_HA1;
	}
	if(ur_device_is_external(device))
		return 0;
	append(draft, &device->aor, row->auth_username);
	append(draft, &device->aor, UR_TEXT("@"));
	append(draft, &device->aor, row->realm);
	fold_case(draft, tail(draft, row->realm.len));
	return 0;
}

/* In the order in which they begin to ring: by delay, or as they are if delays don't count. */
static void sort_devices(const struct ur_device_row *devices, int count,
		bool by_delay, const struct ur_device_row *sorted[UR_MAX_DEVICES])
{
	int i, k;

	for(i = 0; i < count; i++) {
		for(k = i; by_delay && k > 0; k--) {
			if(sorted[k - 1]->ring_delay_sec <= devices[i].ring_delay_sec)
				break;
			sorted[k] = sorted[k - 1];
		}
		sorted[k] = &devices[i];
	}
}

int ur_draft_user(struct ur_draft *draft, const struct ur_user_row *row,
		const struct ur_device_row *devices, int count)
{
	struct ur_user *user = (struct ur_user *)draft->body;
	const struct ur_device_row *sorted[UR_MAX_DEVICES];
	int i;

	if(check_user(draft, row, count) != 0)
		return EINVAL;
	start(draft, UR_RECORD_USER, sizeof(*user) + count * sizeof(*user->devices),
			UR_NODE_FIRST_DEVICE + count);
	if(read_strategy(draft, row->ring_strategy, &user->strategy) != 0)
		return EINVAL;
	user->account = row->account;
	user->device_count = count;
	keep_row(draft, UR_VIEW_USER, row, user);
	sort_devices(devices, count, user->strategy != UR_RING_SEQUENTIAL, sorted);
	for(i = 0; i < count; i++) {
		if(draft_device(draft, &user->devices[i], sorted[i]) != 0)
			return EINVAL;
	}
	return finish(draft);
}

/* ---- accounts */

static int check_account(
		struct ur_draft *draft, const struct ur_account_row *row, int count)
{
	if(check_row(draft, UR_VIEW_ACCOUNT, row) != 0)
		return EINVAL;
	if(count > UR_MAX_DOMAINS)
		return refuse(draft, "it has %d domains and numbers, not up to %d",
				count, UR_MAX_DOMAINS);
	return 0;
}

int ur_draft_check_account_text(struct ur_draft *draft, struct ur_text text)
{
	const struct ur_account_text_row row = {.content = text};

	return check_row(draft, UR_VIEW_ACCOUNT_TEXT, &row);
}

int ur_draft_account(struct ur_draft *draft, const struct ur_account_row *row,
		const struct ur_text *texts, int domain_count, int number_count)
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
	account->domain_count = domain_count;
	account->number_count = number_count;
	keep_row(draft, UR_VIEW_ACCOUNT, row, account);
	for(i = 0; i < count; i++) {
		if(ur_draft_check_account_text(draft, texts[i]) != 0)
			return EINVAL;
		append(draft, &account->texts[i], texts[i]);
		if(i < domain_count)
			fold_case(draft, account->texts[i]);
	}
	return finish(draft);
}

/* ---- extensions and targets */

int ur_draft_extension(
		struct ur_draft *draft, const struct ur_extension_row *row)
{
	struct ur_extension *extension = (struct ur_extension *)draft->body;

	if(check_row(draft, UR_VIEW_EXTENSION, row) != 0)
		return EINVAL;
	start(draft, UR_RECORD_EXTENSION, sizeof(*extension),
			UR_NODE_EXTENSION_DIGITS + 1);
	extension->account = row->account;
	keep_row(draft, UR_VIEW_EXTENSION, row, extension);
	return finish(draft);
}

int ur_draft_did(struct ur_draft *draft, const struct ur_did_row *row)
{
	struct ur_extension *did = (struct ur_extension *)draft->body;

	if(check_row(draft, UR_VIEW_DID, row) != 0)
		return EINVAL;
	start(draft, UR_RECORD_DID, sizeof(*did), UR_NODE_ID + 1);
	did->account = row->account;
	did->is_did = 1;
	keep_row(draft, UR_VIEW_DID, row, did);
	did->id = did->digits;
	return finish(draft);
}

static bool has_blank(struct ur_text text)
{
	return text.len > 0 && memchr(text.s, ' ', text.len) != NULL;
}

/* A notification has all three with a blank between, so only the id may have blanks. */
int ur_draft_target(struct ur_draft *draft, const struct ur_target_row *row)
{
	struct ur_route_target *target = (struct ur_route_target *)draft->body;

	if(check_row(draft, UR_VIEW_TARGET, row) != 0)
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
	keep_row(draft, UR_VIEW_TARGET, row, target);
	return finish(draft);
}

/* A draft of a row without parts or other special fields. */
static int draft_simple(struct ur_draft *draft, enum ur_record_type type,
		size_t size, enum ur_view view, const void *row)
{
	if(check_row(draft, view, row) != 0)
		return EINVAL;
	start(draft, type, size, UR_NODE_ID + 1);
	keep_row(draft, view, row, draft->body);
	return finish(draft);
}

int ur_draft_target_kind(struct ur_draft *draft, struct ur_text kind,
		struct ur_text uri_template)
{
	const struct ur_target_kind_row row = {kind, uri_template};

	return draft_simple(draft, UR_RECORD_TARGET_KIND,
			sizeof(struct ur_target_kind), UR_VIEW_TARGET_KIND, &row);
}

/* An odd spelling is kept: it matches no host. If it were skipped, the list might be empty, and
 * that allows all hosts. */
int ur_draft_target_host(struct ur_draft *draft, struct ur_text host)
{
	const struct ur_target_host_row row = {host};

	return draft_simple(draft, UR_RECORD_TARGET_HOST,
			sizeof(struct ur_target_host), UR_VIEW_TARGET_HOST, &row);
}
