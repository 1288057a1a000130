/*
 * State that all parts of the module share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/context.h"

#include "core/dprint.h"

static struct
{
	struct ur_table *table;
	struct ur_state *mirror;
	struct ur_check *check;
} context;

int ur_context_init(void)
{
	if(ur_table_alloc(&context.table) == 0
			&& ur_state_alloc(&context.mirror) == 0
			&& ur_check_alloc(&context.check) == 0)
		return 0;
	LM_ERR("out of shared memory for the mirror's table: start Kamailio with"
		   " more (-m)\n");
	return -1;
}

void ur_context_destroy(void)
{
	ur_table_free(context.table);
	ur_state_free(context.mirror);
	ur_check_free(context.check);
}

struct ur_table *ur_context_table(void)
{
	return context.table;
}

struct ur_state *ur_context_mirror(void)
{
	return context.mirror;
}

struct ur_check *ur_context_check(void)
{
	return context.check;
}
