/*
 * Drafts: what all kinds of rows have in common. Rows with invalid values are refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mirror/store/draft_inside.h"

int ur_draft_refuse(struct ur_draft *draft, const char *format, ...)
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

void ur_draft_start(struct ur_draft *draft, enum ur_record_type type,
		size_t size, int node_count)
{
	draft->type = type;
	draft->node_count = node_count;
	draft->body_size = size;
	draft->error[0] = '\0';
	memset(draft->body, 0, size);
}

void ur_draft_append(
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

struct ur_slice ur_draft_tail(const struct ur_draft *draft, int len)
{
	return (struct ur_slice){draft->body_size - len, len};
}

void ur_draft_fold_case(struct ur_draft *draft, struct ur_slice slice)
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

int ur_draft_finish(struct ur_draft *draft)
{
	if(draft->body_size > UR_BODY_MAX)
		return ur_draft_refuse(
				draft, "its text is longer than %d bytes", UR_BODY_MAX);
	return 0;
}

static bool is_active(struct ur_text status)
{
	return ur_text_equal(status, UR_TEXT("active"));
}

/* ---- by the list of columns */

/* What messages name before a column: whose it is, if not the owner's. */
static const char *part_of(enum ur_view view)
{
	switch(view) {
		case UR_VIEW_DEVICE:
			return "a device's ";
		case UR_VIEW_RULE:
			return "a rule's ";
		case UR_VIEW_CALLER_ENTRY:
			return "an entry's ";
		case UR_VIEW_GROUP_MEMBER:
			return "a member's ";
		default:
			return "";
	}
}

/* How messages name a column. */
#define SAID "%s%s"
#define SAY(view, column)                                    \
	part_of(view), (view) == UR_VIEW_ACCOUNT_TEXT            \
						   ? "one of its domains or numbers" \
						   : (column)->name

static int check_text(struct ur_draft *draft, enum ur_view view,
		const struct ur_column *column, struct ur_text text)
{
	const char *odd = NULL;

	if(column->is_needed && ur_text_is_empty(text))
		return ur_draft_refuse(draft, SAID " is empty", SAY(view, column));
	if(column->odd != NULL)
		odd = column->odd(text);
	if(odd == NULL)
		return 0;
	return ur_draft_refuse(draft, SAID " has an invalid character: 0x%02x",
			SAY(view, column), (unsigned char)*odd);
}

static int check_number(struct ur_draft *draft, enum ur_view view,
		const struct ur_column *column, int number)
{
	if(column->min == column->max
			|| (number >= column->min && number <= column->max))
		return 0;
	return ur_draft_refuse(draft, SAID " is %d, not %d to %d",
			SAY(view, column), number, column->min, column->max);
}

int ur_draft_check_row(
		struct ur_draft *draft, enum ur_view view, const void *row)
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

void ur_draft_keep_row(
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
				ur_draft_append(draft, at, *ur_column_text(column, row));
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

/* ---- words */

int ur_draft_find_word(const struct ur_draft_words *words, struct ur_text word)
{
	int i;

	for(i = 0; i < words->count; i++) {
		if(ur_text_equal(words->list[i], word))
			return i;
	}
	return -1;
}

int ur_draft_read_word(struct ur_draft *draft,
		const struct ur_draft_words *words, struct ur_text word, uint8_t *value)
{
	const int found = ur_draft_find_word(words, word);

	if(found < 0)
		return ur_draft_refuse(draft, "%s is '%.*s', not %s", words->name,
				word.len < 32 ? word.len : 32, word.s, words->expected);
	*value = (uint8_t)found;
	return 0;
}
