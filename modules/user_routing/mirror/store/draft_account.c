/*
 * An account's row, its domains and numbers → a draft.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>

#include "mirror/store/draft_inside.h"

static int check_account(
		struct ur_draft *draft, const struct ur_account_row *row, int count)
{
	if(ur_draft_check_row(draft, UR_VIEW_ACCOUNT, row) != 0)
		return EINVAL;
	if(count > UR_MAX_DOMAINS)
		return ur_draft_refuse(draft,
				"it has %d domains and numbers, not up to %d", count,
				UR_MAX_DOMAINS);
	return 0;
}

int ur_draft_check_account_text(struct ur_draft *draft, struct ur_text text)
{
	const struct ur_account_text_row row = {.content = text};

	return ur_draft_check_row(draft, UR_VIEW_ACCOUNT_TEXT, &row);
}

int ur_draft_account(struct ur_draft *draft, const struct ur_account_row *row,
		const struct ur_text *texts, int domain_count, int number_count)
{
	struct ur_account *account = (struct ur_account *)draft->body;
	const int count = domain_count + number_count;
	int i;

	if(check_account(draft, row, count) != 0)
		return EINVAL;
	ur_draft_start(draft, UR_RECORD_ACCOUNT,
			sizeof(*account) + count * sizeof(*account->texts),
			UR_NODE_FIRST_DOMAIN + domain_count);
	account->number = row->number;
	account->domain_count = domain_count;
	account->number_count = number_count;
	ur_draft_keep_row(draft, UR_VIEW_ACCOUNT, row, account);
	for(i = 0; i < count; i++) {
		if(ur_draft_check_account_text(draft, texts[i]) != 0)
			return EINVAL;
		ur_draft_append(draft, &account->texts[i], texts[i]);
		if(i < domain_count)
			ur_draft_fold_case(draft, account->texts[i]);
	}
	return ur_draft_finish(draft);
}
