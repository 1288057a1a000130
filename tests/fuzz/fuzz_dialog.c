/*
 * A dialog as it is read back, and the parameters of the URI that carries it.
 *
 * The input is the dialog, or the URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "policy/dialog.h"
#include "policy/param.h"
#include "support/input.h"

static bool is_same_end(
		const struct ur_dialog_end *a, const struct ur_dialog_end *b)
{
	return ur_text_equal(a->device, b->device) && a->is_pinned == b->is_pinned
		   && a->address.len == b->address.len
		   && (a->address.len == 0
				   || memcmp(&a->address, &b->address, sizeof(a->address))
							  == 0);
}

static bool is_same(const struct ur_dialog *a, const struct ur_dialog *b)
{
	return a->began == b->began && is_same_end(&a->caller, &b->caller)
		   && is_same_end(&a->callee, &b->callee)
		   && ur_text_equal(a->from, b->from)
		   && ur_text_equal(a->from_shown, b->from_shown)
		   && ur_text_equal(a->to, b->to)
		   && ur_text_equal(a->to_shown, b->to_shown)
		   && ur_text_equal(a->routes, b->routes)
		   && ur_text_equal(a->mailbox, b->mailbox);
}

/* What can be read can be written, and is the same again. */
static void check_dialog(const uint8_t *data, size_t size)
{
	char *texts = malloc(UR_DIALOG_TEXTS_SIZE);
	char *again = malloc(UR_DIALOG_TEXTS_SIZE);
	uint8_t buf[2 * UR_DIALOG_TEXTS_SIZE];
	struct ur_dialog first, second;

	if(ur_dialog_read(&first, data, (int)size, texts)) {
		const int len = ur_dialog_write(&first, buf, sizeof(buf));

		UR_FUZZ_ASSERT(len > 0);
		UR_FUZZ_ASSERT(ur_dialog_read(&second, buf, len, again));
		UR_FUZZ_ASSERT(is_same(&first, &second));
	}
	free(texts);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);

	if(size > 0)
		memcpy(exact, data, size);
	check_dialog(exact, size);
	free(exact);
	ur_fuzz_forget();
	return 0;
}
