/*
 * Who rings now, by device.
 *
 * Order of locks: usrloc's slot, then a list here, then Kamailio's timer list. Whoever holds a list's
 * lock takes no other one but the last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/late.h"

#include <stdatomic.h>

#include "core/dprint.h"
#include "core/hashes.h"
#include "core/locking.h"
#include "core/mem/shm.h"
#include "kam/compat.h"
#include "kam/deadline.h"
#include "kam/live_call.h"
#include "kam/location.h"

#define LISTS 4096

/* A device that a call rings or may ring. */
struct node
{
	struct node *next;
	struct node **before; /* what points to it */
	struct list *list;
	unsigned hash; /* of the key that usrloc stores the device under */
	struct ur_live_call *live;
};

struct ur_late
{
	int count;
	struct node nodes[];
};

struct list
{
	gen_lock_t lock;
	struct node *first; /* written with the lock */
};

/* In shared memory. */
struct late
{
	atomic_uint stored; /* contacts */
	struct list lists[LISTS];
};

static struct late *late;

/* ---- a contact is stored */

static void wake_all(struct list *list, unsigned hash)
{
	struct node *node;

	lock_get(&list->lock);
	for(node = list->first; node != NULL; node = node->next) {
		if(node->hash == hash)
			ur_deadline_wake(node->live);
	}
	lock_release(&list->lock);
}

/* Called with usrloc's lock. */
static void on_contact(ucontact_t *contact, int type, void *param)
{
	const unsigned hash = get_hash1_raw(contact->aor->s, contact->aor->len);
	struct list *list = &late->lists[hash % LISTS];

	atomic_fetch_add(&late->stored, 1);
	(void)type;
	(void)param;
	if(__atomic_load_n(&list->first, __ATOMIC_SEQ_CST) != NULL)
		wake_all(list, hash);
}

int ur_late_init(void)
{
	int i;

	late = shm_mallocxz(sizeof(*late));
	if(late == NULL) {
		LM_ERR("rings can't be watched: out of shared memory (-m)\n");
		return -1;
	}
	for(i = 0; i < LISTS; i++)
		lock_init(&late->lists[i].lock);
	return ur_location_api()->register_ulcb(
				   UL_CONTACT_INSERT | UL_CONTACT_UPDATE, on_contact, NULL)
						   < 0
				   ? -1
				   : 0;
}

unsigned ur_late_stored(void)
{
	return atomic_load(&late->stored);
}

/* ---- a ring begins and ends */

static void insert(struct node *node, struct ur_live_call *live, str key)
{
	struct list *list;

	node->hash = get_hash1_raw(key.s, key.len);
	node->live = live;
	node->list = list = &late->lists[node->hash % LISTS];
	lock_get(&list->lock);
	node->next = list->first;
	node->before = &list->first;
	if(node->next != NULL)
		node->next->before = &node->next;
	__atomic_store_n(&list->first, node, __ATOMIC_SEQ_CST);
	lock_release(&list->lock);
}

static void remove_node(struct node *node)
{
	lock_get(&node->list->lock);
	*node->before = node->next;
	if(node->next != NULL)
		node->next->before = node->before;
	lock_release(&node->list->lock);
}

void ur_late_forget(struct ur_live_call *live)
{
	int i;

	if(live->late == NULL)
		return;
	for(i = 0; i < live->late->count; i++)
		remove_node(&live->late->nodes[i]);
	shm_free(live->late);
	live->late = NULL;
}

static bool can_join(const struct ur_plan *plan, int place)
{
	const struct ur_member member = ur_plan_member(plan, place);

	return ur_plan_rings(plan, place) && !ur_member_is_external(&member);
}

static int count_devices(const struct ur_plan *plan)
{
	int count = 0;
	int i;

	for(i = 0; i < ur_plan_count(plan); i++)
		count += can_join(plan, i);
	return count;
}

void ur_late_watch(struct ur_live_call *live)
{
	const struct ur_plan *plan = &live->call.plan;
	const int count = count_devices(plan);
	int i;

	ur_late_forget(live);
	live->late = shm_malloc(
			sizeof(*live->late) + (size_t)count * sizeof(live->late->nodes[0]));
	if(live->late == NULL) {
		SHM_MEM_ERROR;
		return;
	}
	live->late->count = 0;
	for(i = 0; i < ur_plan_count(plan); i++) {
		const struct ur_member member = ur_plan_member(plan, i);
		char buf[UR_LOCATION_AOR_MAX];
		str key;

		if(can_join(plan, i)
				&& ur_location_key(ur_member_aor(&member), buf, &key) == 0)
			insert(&live->late->nodes[live->late->count++], live, key);
	}
}
