/*
 * Is a caller on a list?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/caller_list.h"

/* As memcmp() orders them; of two that begin alike, the shorter one is first. */
static int compare(struct ur_text a, struct ur_text b)
{
	const int common = a.len < b.len ? a.len : b.len;
	const int order = common > 0 ? memcmp(a.s, b.s, common) : 0;

	return order != 0 ? order : a.len - b.len;
}

static bool has_entry(const struct ur_caller_list *list, struct ur_text what)
{
	int low = 0, high = list->entry_count;

	if(ur_text_is_empty(what))
		return false;
	while(low < high) {
		const int middle = low + (high - low) / 2;
		const int order =
				compare(ur_slice_text(list, list->entries[middle]), what);

		if(order == 0)
			return true;
		if(order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* An entry that is a prefix has + and at least one digit. */
static bool has_prefix_of(
		const struct ur_caller_list *list, struct ur_text number)
{
	int len;

	for(len = 2; len <= number.len; len++) {
		if(has_entry(list, (struct ur_text){number.s, len}))
			return true;
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
