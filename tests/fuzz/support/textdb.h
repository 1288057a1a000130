/*
 * A database written as text: what libpq would return to the mirror.
 *
 * One row per line, columns separated by tabs, with the row's set before the first one: A
 * mirror_account, X a domain or number of one, U mirror_user, D mirror_device, E mirror_extension,
 * T mirror_route_target, K mirror_route_target_kind, H mirror_target_host. \N is NULL. Columns are
 * in the order of mirror/columns.c; a target has no name before them. Other lines are
 * ignored.
 *
 * Rows are sorted, have unique ids and have hashes, as the views and the schema ensure.
 *
 * It replaces mirror/source/pg.c at link time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_FUZZ_TEXTDB_H
#define UR_FUZZ_TEXTDB_H

#include "mirror/source/queries.h"
#include "support/input.h"

/* Makes this the database, up to a line that begins with "=" or the end. */
void ur_fuzz_database(struct ur_fuzz_input *in);

/* A column of a view's row, NULL is empty; good until ur_fuzz_forget(). Its first one, the
 * key, is empty if there are not so many rows. */
struct ur_text ur_fuzz_database_column(
		enum ur_view view, int i, const char *name);
struct ur_text ur_fuzz_database_key(enum ur_view view, int i);

#endif
