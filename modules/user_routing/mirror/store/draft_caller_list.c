/*
 * A caller list's row and those of its entries → a draft.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "mirror/store/draft_inside.h"
#include "policy/number.h"

/* A + alone would be a prefix of all numbers. */
static bool is_odd_prefix(struct ur_text what)
{
	int digits = 0;

	if(ur_text_is_empty(what) || what.s[0] != '+')
		return false;
	while(1 + digits < what.len
			&& ur_is_digit((unsigned char)what.s[1 + digits]))
		digits++;
	return 1 + digits == what.len
		   && (digits == 0 || digits > UR_NUMBER_DIGITS_MAX);
}

int ur_draft_check_entry(struct ur_draft *draft, struct ur_text what)
{
	const struct ur_caller_entry_row row = {what};

	if(ur_draft_check_row(draft, UR_VIEW_CALLER_ENTRY, &row) != 0)
		return EINVAL;
	if(is_odd_prefix(what))
		return ur_draft_refuse(draft,
				"an entry begins with +, and has %d digits, not 1 to %d",
				what.len - 1, UR_NUMBER_DIGITS_MAX);
	return 0;
}

/* ---- the order */

/* Where its domain begins, or its length. */
static int find_domain(struct ur_text what)
{
	int i = what.len;

	while(i > 0 && what.s[i - 1] != '@')
		i--;
	return i > 0 ? i : what.len;
}

/* As it is kept: a domain is in lower case. */
static unsigned char byte_at(struct ur_text what, int i, int domain)
{
	const unsigned char c = (unsigned char)what.s[i];

	return i >= domain && c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

static int compare(const void *a, const void *b)
{
	const struct ur_text one = **(const struct ur_text *const *)a;
	const struct ur_text other = **(const struct ur_text *const *)b;
	const int domain = find_domain(one), other_domain = find_domain(other);
	int i;

	for(i = 0; i < one.len && i < other.len; i++) {
		const int order =
				byte_at(one, i, domain) - byte_at(other, i, other_domain);

		if(order != 0)
			return order;
	}
	return one.len - other.len;
}

static void draft_entry(
		struct ur_draft *draft, struct ur_slice *entry, struct ur_text what)
{
	const int domain = find_domain(what);

	ur_draft_append(draft, entry, what);
	ur_draft_fold_case(draft, ur_draft_tail(draft, what.len - domain));
}

static int check(struct ur_draft *draft, const struct ur_caller_list_row *row,
		const struct ur_text *entries, int count)
{
	int i;

	if(ur_draft_check_row(draft, UR_VIEW_CALLER_LIST, row) != 0)
		return EINVAL;
	if(count > UR_MAX_ENTRIES)
		return ur_draft_refuse(draft, "it has %d entries, not up to %d", count,
				UR_MAX_ENTRIES);
	for(i = 0; i < count; i++) {
		if(ur_draft_check_entry(draft, entries[i]) != 0)
			return EINVAL;
	}
	return 0;
}

int ur_draft_caller_list(struct ur_draft *draft,
		const struct ur_caller_list_row *row, const struct ur_text *entries,
		int count)
{
	struct ur_caller_list *list = (struct ur_caller_list *)draft->body;
	const struct ur_text *sorted[UR_MAX_ENTRIES];
	int i;

	if(check(draft, row, entries, count) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_CALLER_LIST,
			sizeof(*list) + count * sizeof(*list->entries), UR_NODE_ID + 1);
	list->account = row->account;
	list->entry_count = count;
	ur_draft_keep_row(draft, UR_VIEW_CALLER_LIST, row, list);
	for(i = 0; i < count; i++)
		sorted[i] = &entries[i];
	qsort(sorted, count, sizeof(sorted[0]), compare);
	for(i = 0; i < count; i++)
		draft_entry(draft, &list->entries[i], *sorted[i]);
	return ur_draft_finish(draft);
}
