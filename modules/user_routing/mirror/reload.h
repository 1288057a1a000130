/*
 * When the next full load is due.
 *
 * Whoever has a reason for a full load notes it here. One load answers all reasons that were noted
 * before it began; later ones lead to another load. A load that failed is due again after a pause;
 * changes are applied meanwhile.
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
	int64_t rests_until; /* a load that the database asks for waits until then */
	const char *why;	 /* the first reason; a constant */
};

/* A full load is due at once. why: for the log, a constant. */
void ur_reload_now(struct ur_reload *reload, const char *why);

/* Due at once, but not before the pause after the last load is over: for reasons that anybody who
 * writes rows can cause. */
void ur_reload_soon(struct ur_reload *reload, const char *why);

/* The database asks for one: due like ur_reload_soon(). Anybody who may connect to the database can
 * ask, and a job that writes a million rows asks all the time. */
void ur_reload_announce(struct ur_reload *reload);

/* Is it time for a load to begin? */
bool ur_reload_is_ripe(const struct ur_reload *reload);

/* How long until then, in ms; at most max. */
int ur_reload_wait(const struct ur_reload *reload, int max);

/* A load begins: takes the reasons noted so far. Returns when the database asked, or 0. */
int64_t ur_reload_begin(struct ur_reload *reload);

/*
 * The load is done and took that many ms. The next one that the database asks for waits for twice
 * that time and a random part of it, so that the nodes do not all load at once: at most a third of
 * the time goes into loads. Single changes are applied meanwhile.
 */
void ur_reload_end(struct ur_reload *reload, int64_t took, uint64_t random);

/* The load failed: it is due again after the pause. announced: what ur_reload_begin() returned. */
void ur_reload_put_off(struct ur_reload *reload, int64_t announced, int pause);

#endif
