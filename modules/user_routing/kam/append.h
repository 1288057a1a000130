/*
 * Adds legs to a transaction whose other legs ring.
 *
 * tm's t_append_branches() does it, as for tsilo: it builds the legs as t_relay() does, with the script's
 * branch route and TMCB_REQUEST_FWDED.
 *
 * tm runs failure routes with its reply lock. t_relay() in a request route, or in a route that goes on after
 * t_suspend(), counts its branches without any. So while such a route of a call runs, the call is held:
 * nothing is added.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_APPEND_H
#define UR_KAM_APPEND_H

#include "kam/contacts.h"
#include "kam/live_call.h"

struct cell;

/* Binds tm, and watches the end of routes. In mod_init: 0, or -1 and logs an error. */
int ur_append_init(void);

/* Holds the call until the route that this process runs has ended. */
void ur_append_hold(struct ur_live_call *live);

/* May legs be added now? Some leg of the ring must be pending; nobody must have answered, declined or
 * hung up. With tm's reply lock, which the caller keeps until the legs are added. */
bool ur_append_may(const struct cell *t, const struct ur_live_call *live);

/* Adds a leg for each contact, which rings for left_ms at most. t is the current transaction of this
 * process. With tm's reply lock. Returns how many were added and sent; if it is none, that is logged. */
int ur_append(struct cell *t, const struct ur_contacts *contacts, int left_ms);

#endif
