/*
 * When everything is to be read again.
 *
 * Whoever has a reason for a full load notes it here. One load answers all reasons that were
 * noted before it began; those that come in its midst lead to another. A load that failed is
 * due again after a pause; changes are applied meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_RELOAD_H
#define UR_MIRROR_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

/* Times: see ur_pg_now(). All zero bytes: none is due. */
struct ur_reload
{
	bool is_due;
	int64_t at;		   /* not before */
	int64_t announced; /* when the database asked for it; 0: it did not */
};

/* A full load is due at once. */
void ur_reload_now(struct ur_reload *reload);

/* The database asks for one: due at once, unless it waits for a pause to end. */
void ur_reload_announce(struct ur_reload *reload);

/* Is it time to begin? */
bool ur_reload_is_ripe(const struct ur_reload *reload);

/* How long until then, in ms; at most max. */
int ur_reload_wait(const struct ur_reload *reload, int max);

/* It begins: the reasons noted so far are taken. Returns when the database asked, or 0. */
int64_t ur_reload_begin(struct ur_reload *reload);

/* It failed: due again after the pause. announced: what ur_reload_begin() returned. */
void ur_reload_put_off(struct ur_reload *reload, int64_t announced, int pause);

#endif
