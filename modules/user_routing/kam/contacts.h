/*
 * Copies the live contacts of a step's devices out of usrloc.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_CONTACTS_H
#define UR_KAM_CONTACTS_H

#include "core/dset.h"
#include "modules/usrloc/usrloc.h"
#include "policy/explain.h"
#include "policy/plan.h"

/* A step can't ring more contacts than tm has branches. */
#define UR_CONTACTS_MAX MAX_BRANCHES_LIMIT

/* usrloc's value for a contact that came by UDP or from another node. */
#define UR_NO_CONNECTION -1

/* One contact with all data that its branch needs: a copy, valid until the next call of
 * ur_contacts_read() in this process. The texts are in a buffer of this module. */
struct ur_contact
{
	int place; /* of its member in the plan */
	int q;	   /* of its step, in thousandths: qvalue_t */
	str uri;
	str received; /* the source of the REGISTER, or empty */
	str path;
	str instance; /* +sip.instance, or empty */
	str ruid;
	str user_agent;
	struct socket_info *socket;
	unsigned int reg_id;
	unsigned int branch_flags;
	int tcp_connection; /* of this Kamailio since its start; else UR_NO_CONNECTION */
	time_t modified;
	time_t expires;
	enum ur_contact_state state;
	int texts, texts_len; /* place and length in the arena */
};

struct ur_contacts
{
	int count;
	int left_out; /* live contacts that did not fit */
	int too_long; /* of these, for lack of text memory */
	struct ur_contact list[UR_CONTACTS_MAX];
};

/* Seconds until it expires, negative if it has; 0: never. */
int ur_contact_expires_in(const struct ur_contact *contact);

/* Is its connection still open? */
enum ur_contact_connection ur_contact_connection(
		const struct ur_contact *contact);

/* The contact's connection, as in tcp_connection above. */
int ur_contacts_own_connection(const ucontact_t *c);

/* In mod_init, after ur_location_init(). */
void ur_contacts_init(void);

/*
 * Reads the live contacts of the start's members, in ring order, at most `limit` of them; the rest
 * are counted in left_out. Of several flows with the same +sip.instance only the newest is taken
 * (RFC 5626). The result belongs to this module and is overwritten by the next call.
 */
const struct ur_contacts *ur_contacts_read(const struct ur_plan *plan,
		const struct ur_plan_start *start, int limit);

/*
 * Reads all contacts of one member with the same code. `live` gets those that a start with the
 * member would ring if `limit` branches are left; `others` gets the rest, each with its state. Both
 * belong to this module and are overwritten by the next call of either function.
 */
void ur_contacts_read_all(const struct ur_plan *plan, int place, int limit,
		const struct ur_contacts **live, const struct ur_contacts **others);

#endif
