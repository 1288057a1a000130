/*
 * Who rings now, by device: so that a phone that registers while its user rings joins.
 *
 * usrloc calls for each contact that it stores, here or (dmq_usrloc) at another node. If nobody rings
 * the contact's device, that is a hash and a look at an empty list. Else the call's timer is woken,
 * which looks up the contacts and begins the leg: usrloc's lock is held during the callback.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_LATE_H
#define UR_KAM_LATE_H

struct ur_live_call;

/* In mod_init, after ur_location_init(). 0, or -1 and logs an error. */
int ur_late_init(void);

/* How many contacts were stored so far: a call that reads contacts before it is watched can tell whether it
 * may have missed one. */
unsigned ur_late_stored(void);

/* The call begins to ring the devices of its plan, in place of those of an earlier ring. Without
 * memory, which is logged, nobody joins. Only for the process that runs the call's route, after
 * ur_deadline_watch(): the call can be woken from now on. */
void ur_late_watch(struct ur_live_call *live);

/* Before the call's timer is stopped: afterwards nothing wakes it. */
void ur_late_forget(struct ur_live_call *live);

#endif
