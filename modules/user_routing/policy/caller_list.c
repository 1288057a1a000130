/*
 * Is a caller on a list?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/caller_list.h"

/* The last entry that is not after the text; empty: there is none. */
static struct ur_text find_last(
		const struct ur_caller_list *list, struct ur_text text)
{
	int low = 0, high = list->entry_count;

	while(low < high) {
		const int middle = low + (high - low) / 2;

		if(ur_text_compare(ur_slice_text(list, list->entries[middle]), text)
				<= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? ur_slice_text(list, list->entries[low - 1]) : UR_TEXT("");
}

static bool has_entry(const struct ur_caller_list *list, struct ur_text what)
{
	return !ur_text_is_empty(what)
		   && ur_text_equal(find_last(list, what), what);
}

static int common_length(struct ur_text a, struct ur_text b)
{
	int len = 0;

	while(len < a.len && len < b.len && a.s[len] == b.s[len])
		len++;
	return len;
}

/* A prefix is never after the number, and what stands between the two begins with it, too. So if the
 * last entry is no prefix, one can only be as long as what that entry and the number have in
 * common. */
static bool has_prefix_of(
		const struct ur_caller_list *list, struct ur_text number)
{
	while(number.len > 1) {
		const struct ur_text entry = find_last(list, number);
		const int common = common_length(entry, number);

		if(common > 1 && common == entry.len)
			return true;
		number.len = common;
	}
	return false;
}

bool ur_caller_list_has(const struct ur_caller_list *list,
		const struct ur_listed_caller *caller)
{
	return has_prefix_of(list, caller->number)
		   || has_entry(list, caller->username)
		   || has_entry(list, caller->address);
}
