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
	int64_t at;			 /* not before */
	int64_t announced;	 /* when the database asked for it; 0: it did not */
	int64_t rests_until; /* what the database asks for waits until then */
	const char *why;	 /* the first reason; a constant */
};

/* A full load is due at once. why: for the log, a constant. */
void ur_reload_now(struct ur_reload *reload, const char *why);

/* Due at once, unless it waits for a pause to end: what whoever writes rows can bring about. */
void ur_reload_soon(struct ur_reload *reload, const char *why);

/* The database asks for one: due at once, unless it waits for a pause to end. Who may connect
 * to the database can ask, and a job that writes a million rows does without end. */
void ur_reload_announce(struct ur_reload *reload);

/* Is it time to begin? */
bool ur_reload_is_ripe(const struct ur_reload *reload);

/* How long until then, in ms; at most max. */
int ur_reload_wait(const struct ur_reload *reload, int max);

/* It begins: the reasons noted so far are taken. Returns when the database asked, or 0. */
int64_t ur_reload_begin(struct ur_reload *reload);

/*
 * It is done, and took that long. The next one that the database asks for comes after twice that
 * time, and a random part of it, so that the nodes do not all load at once: a third of the time goes
 * into loads at most. Changes that are announced one by one are applied meanwhile.
 */
void ur_reload_end(struct ur_reload *reload, int64_t took, uint64_t random);

/* It failed: due again after the pause. announced: what ur_reload_begin() returned. */
void ur_reload_put_off(struct ur_reload *reload, int64_t announced, int pause);

#endif
