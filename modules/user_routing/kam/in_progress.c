/*
 * Calls in progress.
 *
 * One lock guards all of it: a test and what is added after it are one step, and each step is short.
 * No memory is allocated or freed while it is held, as tm may hold the lock of shared memory when it
 * comes here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/in_progress.h"

#include <string.h>

#include "core/dprint.h"
#include "core/locking.h"
#include "core/mem/shm.h"
#include "core/parser/parse_from.h"
#include "core/sr_module.h"
#include "kam/compat.h"
#include "kam/counters.h"
#include "mirror/port.h"
#include "modules/dialog/dlg_load.h"

#define BUCKETS 16384

/* A user's part in a call. */
struct part
{
	struct part *next; /* in its bucket */
	struct part *next_of_call;
	struct ur_in_progress *call;
	time_t since;
	uint64_t hash; /* of the id */
	int state;	   /* enum ur_in_progress_state */
	int id_len;	   /* sip_user.id */
	char id[];
};

struct ur_in_progress
{
	/* Of the live call, of the dialog, and of who has created it. */
	atomic_int references;
	atomic_bool has_dialog;
	/* The dialog is confirmed, and will tell its end. */
	atomic_bool is_answered;
	bool is_over; /* nobody is added any more */
	struct part *parts;
	int call_id_len;
	int from_len;
	int to_len;
	char call_id[UR_IN_PROGRESS_TEXT_MAX];
	char from[UR_IN_PROGRESS_TEXT_MAX];
	char to[UR_IN_PROGRESS_TEXT_MAX];
};

/* In shared memory. */
static struct
{
	gen_lock_t lock;
	int calls; /* that have parts */
	struct part *buckets[BUCKETS];
} * sets;

/* In shared memory, and set if nothing is counted: that was logged. */
static atomic_bool *was_logged;

static struct dlg_binds dialogs;

/* The call whose dialog was created before the call began. Private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	struct ur_in_progress *call;
} early;

/* ---- the sets; with the lock */

static struct part **bucket_of(uint64_t hash)
{
	return &sets->buckets[hash % BUCKETS];
}

static bool is_of(const struct part *part, uint64_t hash, struct ur_text id)
{
	return part->hash == hash && part->id_len == id.len
		   && memcmp(part->id, id.s, id.len) == 0;
}

static int count_of(uint64_t hash, struct ur_text id)
{
	const struct part *part;
	int count = 0;

	for(part = *bucket_of(hash); part != NULL; part = part->next)
		count += is_of(part, hash, id);
	return count;
}

static struct part *find_part(
		const struct ur_in_progress *call, uint64_t hash, struct ur_text id)
{
	struct part *part;

	for(part = call->parts; part != NULL; part = part->next_of_call) {
		if(is_of(part, hash, id))
			break;
	}
	return part;
}

static void link_part(struct ur_in_progress *call, struct part *part)
{
	struct part **bucket = bucket_of(part->hash);

	sets->calls += call->parts == NULL;
	part->call = call;
	part->next = *bucket;
	*bucket = part;
	part->next_of_call = call->parts;
	call->parts = part;
}

static void unlink_from_bucket(struct part *part)
{
	struct part **at = bucket_of(part->hash);

	while(*at != part)
		at = &(*at)->next;
	*at = part->next;
}

/* Takes those parts out of the sets that ring, but not the user with that id; or all. Returns them, linked
 * by next. */
static struct part *take_parts(
		struct ur_in_progress *call, bool all, struct ur_text rings)
{
	struct part **at = &call->parts;
	struct part *taken = NULL;

	while(*at != NULL) {
		struct part *part = *at;

		if(!all
				&& (part->state != UR_IN_PROGRESS_RINGING
						|| is_of(part, part->hash, rings))) {
			at = &part->next_of_call;
			continue;
		}
		*at = part->next_of_call;
		unlink_from_bucket(part);
		part->next = taken;
		taken = part;
	}
	sets->calls -= taken != NULL && call->parts == NULL;
	return taken;
}

/* ---- a call */

static void free_parts(struct part *parts, void (*free_block)(void *block))
{
	while(parts != NULL) {
		struct part *next = parts->next;

		free_block(parts);
		parts = next;
	}
}

static void end_call(
		struct ur_in_progress *call, void (*free_block)(void *block))
{
	struct part *parts;

	lock_get(&sets->lock);
	call->is_over = true;
	parts = take_parts(call, true, UR_TEXT(""));
	lock_release(&sets->lock);
	free_parts(parts, free_block);
}

static void unref(struct ur_in_progress *call, void (*free_block)(void *block))
{
	if(atomic_fetch_sub(&call->references, 1) > 1)
		return;
	end_call(call, free_block);
	free_block(call);
}

static int keep(char *at, struct ur_text text)
{
	const int len = text.len < UR_IN_PROGRESS_TEXT_MAX
							? text.len
							: UR_IN_PROGRESS_TEXT_MAX;

	if(len > 0)
		memcpy(at, text.s, len);
	return len > 0 ? len : 0;
}

static struct ur_text without_scheme(str uri)
{
	if(uri.len > 4 && strncasecmp(uri.s, "sip:", 4) == 0)
		uri = (str){uri.s + 4, uri.len - 4};
	return ur_text_of_str(uri);
}

/* A request that got so far has all that is read here. */
static struct ur_in_progress *new_call(struct sip_msg *msg)
{
	struct ur_in_progress *call = shm_mallocxz(sizeof(*call));

	if(call == NULL) {
		SHM_MEM_ERROR;
		return NULL;
	}
	atomic_init(&call->references, 1);
	if(msg->callid != NULL)
		call->call_id_len =
				keep(call->call_id, ur_text_of_str(msg->callid->body));
	call->to_len =
			keep(call->to, without_scheme(msg->first_line.u.request.uri));
	if(msg->from != NULL && parse_from_header(msg) == 0)
		call->from_len = keep(call->from, without_scheme(get_from(msg)->uri));
	return call;
}

/* ---- dialogs */

static void release_of_dialog(void *param)
{
	unref(param, ur_port_free);
}

/* dialog confirms it before tm sends the 2xx. */
static void on_dialog_event(
		struct dlg_cell *dialog, int type, struct dlg_cb_params *params)
{
	struct ur_in_progress *call = *params->param;

	(void)dialog;
	if(type & DLGCB_CONFIRMED_NA)
		atomic_store(&call->is_answered, true);
	else
		end_call(call, ur_port_free);
}

static void attach(struct ur_in_progress *call, struct dlg_cell *dialog)
{
	if(call == NULL || atomic_exchange(&call->has_dialog, true))
		return;
	atomic_fetch_add(&call->references, 1);
	if(dialogs.register_dlgcb(dialog,
			   DLGCB_CONFIRMED_NA | DLGCB_FAILED | DLGCB_TERMINATED
					   | DLGCB_EXPIRED | DLGCB_DESTROY,
			   on_dialog_event, call, release_of_dialog)
			== 0)
		return;
	atomic_store(&call->has_dialog, false);
	unref(call, ur_port_free);
	LM_ERR("dialog refuses a callback: the call is not counted for max_calls"
		   " once it is answered\n");
}

/* Of a dialog that begins before its call, the call is kept for as long as the message may be processed. */
static void keep_early(struct sip_msg *msg, struct ur_in_progress *call)
{
	if(early.call != NULL)
		unref(early.call, ur_port_free);
	early.msg_id = msg->id;
	early.msg_pid = msg->pid;
	early.call = call;
}

static void on_dialog(
		struct dlg_cell *dialog, int type, struct dlg_cb_params *params)
{
	struct ur_live_call *live = ur_live_call_get();
	struct ur_in_progress *call;

	(void)type;
	if(live != NULL) {
		attach(live->in_progress, dialog);
		return;
	}
	call = new_call(params->req);
	attach(call, dialog);
	if(call != NULL)
		keep_early(params->req, call);
}

static struct ur_in_progress *take_early(struct sip_msg *msg)
{
	struct ur_in_progress *call = early.call;

	if(call == NULL || early.msg_id != msg->id || early.msg_pid != msg->pid)
		return NULL;
	early.call = NULL;
	return call;
}

/* ---- what the module does with it */

static int out_of_memory(void)
{
	LM_ERR("calls in progress can't be counted: out of shared memory (-m)\n");
	return -1;
}

int ur_in_progress_init(void)
{
	if(!module_loaded("dialog")) {
		was_logged = shm_mallocxz(sizeof(*was_logged));
		return was_logged != NULL ? 0 : out_of_memory();
	}
	sets = shm_mallocxz(sizeof(*sets));
	if(sets == NULL || lock_init(&sets->lock) == NULL)
		return out_of_memory();
	if(load_dlg_api(&dialogs) == 0
			&& dialogs.register_dlgcb(
					   NULL, DLGCB_CREATED, on_dialog, NULL, NULL)
					   == 0)
		return 0;
	LM_ERR("calls in progress can't be counted: dialog refuses a callback; is "
		   "it"
		   " loaded before user_routing?\n");
	return -1;
}

void ur_in_progress_warn(const struct ur_user *user)
{
	const struct ur_text name = ur_user_text(user, user->username);

	if(!atomic_exchange(was_logged, true))
		LM_WARN("user %.*s has max_calls, which do not hold: the module dialog"
				" is not loaded, which tells when calls end (logged once)\n",
				name.len, name.s);
}

bool ur_in_progress_is_counted(void)
{
	return sets != NULL;
}

/* Who calls, as the callee is shown it but for its number: a user of ours is authenticated. */
static void set_from(
		struct ur_in_progress *call, const struct ur_caller *caller)
{
	const struct ur_text name =
			ur_user_text(caller->user, caller->user->username);
	const int len = keep(call->from, name);

	call->from_len = len;
	if(len + 1 + caller->domain.len > UR_IN_PROGRESS_TEXT_MAX)
		return;
	call->from[len] = '@';
	memcpy(call->from + len + 1, caller->domain.s, caller->domain.len);
	call->from_len = len + 1 + caller->domain.len;
}

void ur_in_progress_begin(struct sip_msg *msg, struct ur_live_call *live)
{
	struct ur_in_progress *call;

	if(sets == NULL)
		return;
	call = take_early(msg);
	if(call == NULL)
		call = new_call(msg);
	if(call != NULL && live->call.caller.user != NULL)
		set_from(call, &live->call.caller);
	live->in_progress = call;
}

static struct part *new_part(struct ur_text id)
{
	struct part *part = shm_malloc(sizeof(*part) + id.len);

	if(part == NULL) {
		SHM_MEM_ERROR;
		return NULL;
	}
	part->hash = ur_live_call_hash(0, ur_str_of_text(id));
	part->since = time(NULL);
	part->id_len = id.len;
	memcpy(part->id, id.s, id.len);
	return part;
}

/* False: the user has too many calls. *rest: the part, if it was not needed. */
static bool add_part(struct ur_in_progress *call, struct part *part,
		int max_calls, struct part **rest)
{
	const struct ur_text id = {part->id, part->id_len};
	bool is_there, is_full;

	lock_get(&sets->lock);
	is_there = find_part(call, part->hash, id) != NULL;
	is_full =
			!is_there && max_calls > 0 && count_of(part->hash, id) >= max_calls;
	*rest = is_there || is_full || call->is_over ? part : NULL;
	if(*rest == NULL)
		link_part(call, part);
	lock_release(&sets->lock);
	return !is_full;
}

/* Out of memory: who has a limit gets no further call. */
bool ur_in_progress_add(
		struct ur_live_call *live, const struct ur_user *user, bool must)
{
	struct ur_in_progress *call = live->in_progress;
	const int max_calls = must ? 0 : user->max_calls;
	struct part *part =
			call != NULL ? new_part(ur_user_text(user, user->id)) : NULL;
	struct part *rest;
	bool is_placed, may;

	if(part == NULL)
		return max_calls == 0;
	part->state = call->parts == NULL && live->call.caller.user == user
								  && ur_caller_is_phone(&live->call.caller)
						  ? UR_IN_PROGRESS_PLACED
						  : UR_IN_PROGRESS_RINGING;
	is_placed = part->state == UR_IN_PROGRESS_PLACED;
	may = add_part(call, part, max_calls, &rest);
	if(rest != NULL)
		ur_port_free(rest);
	if(!may)
		counter_inc(is_placed ? ur_counters.calls_over_limit
							  : ur_counters.decisions_full);
	return may;
}

static void leave_but(struct ur_in_progress *call, struct ur_text rings)
{
	struct part *parts;

	lock_get(&sets->lock);
	parts = take_parts(call, false, rings);
	lock_release(&sets->lock);
	free_parts(parts, ur_port_free);
}

void ur_in_progress_settle(struct ur_live_call *live)
{
	const struct ur_call *call = &live->call;
	const struct ur_user *user =
			call->phase == UR_CALL_TO_RING ? ur_chain_user(&call->chain) : NULL;

	if(live->in_progress != NULL)
		leave_but(live->in_progress,
				user != NULL ? ur_user_text(user, user->id) : UR_TEXT(""));
}

/* False: the call has left the user's set, as the ring was over. */
static bool note_answer(struct ur_in_progress *call, struct ur_text id)
{
	struct part *part;

	lock_get(&sets->lock);
	part = find_part(call, ur_live_call_hash(0, ur_str_of_text(id)), id);
	if(part != NULL && part->state == UR_IN_PROGRESS_RINGING) {
		part->state = UR_IN_PROGRESS_ANSWERED;
		part->since = time(NULL);
	}
	lock_release(&sets->lock);
	return part != NULL;
}

void ur_in_progress_answered(
		struct ur_live_call *live, const struct ur_user *user)
{
	struct ur_in_progress *call = live->in_progress;
	const struct ur_text id = ur_user_text(user, user->id);

	if(call == NULL)
		return;
	if(!note_answer(call, id)) {
		ur_in_progress_add(live, user, true);
		note_answer(call, id);
	}
	leave_but(call, id);
}

void ur_in_progress_respond(struct ur_live_call *live, int status)
{
	struct ur_in_progress *call = live->in_progress;

	if(call == NULL || status < 200)
		return;
	if(status >= 300 || !atomic_load(&call->is_answered))
		end_call(call, ur_port_free);
}

void ur_in_progress_forget(
		struct ur_in_progress *call, void (*free_block)(void *block))
{
	if(call != NULL && !atomic_load(&call->is_answered))
		end_call(call, free_block);
}

void ur_in_progress_release(
		struct ur_in_progress *call, void (*free_block)(void *block))
{
	ur_in_progress_forget(call, free_block);
	if(call != NULL)
		unref(call, free_block);
}

/* ---- what is shown */

static void view_part(const struct part *part, struct ur_in_progress_view *view)
{
	const struct ur_in_progress *call = part->call;
	const bool is_placed = part->state == UR_IN_PROGRESS_PLACED;

	view->state = (enum ur_in_progress_state)part->state;
	view->since = part->since;
	view->call_id_len = call->call_id_len;
	memcpy(view->call_id, call->call_id, call->call_id_len);
	view->with_len = is_placed ? call->to_len : call->from_len;
	memcpy(view->with, is_placed ? call->to : call->from, view->with_len);
}

int ur_in_progress_list(
		struct ur_text user_id, struct ur_in_progress_view *views, int max)
{
	const uint64_t hash = ur_live_call_hash(0, ur_str_of_text(user_id));
	const struct part *part;
	int count = 0;

	if(sets == NULL)
		return 0;
	lock_get(&sets->lock);
	for(part = *bucket_of(hash); part != NULL; part = part->next) {
		if(!is_of(part, hash, user_id))
			continue;
		if(count < max)
			view_part(part, &views[count]);
		count++;
	}
	lock_release(&sets->lock);
	return count;
}

int ur_in_progress_active(struct ur_text user_id)
{
	const uint64_t hash = ur_live_call_hash(0, ur_str_of_text(user_id));
	const struct part *part;
	int count = 0;

	if(sets == NULL)
		return 0;
	lock_get(&sets->lock);
	for(part = *bucket_of(hash); part != NULL; part = part->next)
		count += part->state != UR_IN_PROGRESS_RINGING
				 && is_of(part, hash, user_id);
	lock_release(&sets->lock);
	return count;
}

int ur_in_progress_count(void)
{
	return sets != NULL ? __atomic_load_n(&sets->calls, __ATOMIC_RELAXED) : 0;
}
