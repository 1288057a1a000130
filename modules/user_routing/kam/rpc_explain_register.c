/*
 * RPC user_routing.explain_register.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/rpc_explain_register.h"

#include <string.h>
#include <time.h>

#include "kam/aor.h"
#include "kam/called.h"
#include "kam/compat.h"
#include "kam/contacts.h"
#include "kam/context.h"
#include "policy/authentication.h"

#define DEVICES_MAX 2048 /* bytes of devices shown */

const char *ur_rpc_explain_register_doc[] = {
		"Says whether a phone with these settings may register, and why not."
		" Parameter: USERNAME@REALM, the phone's user name (a device's"
		" auth_username) and domain. The password is not checked, as it is not"
		" known. user: the device's user, or the user of that name; devices:"
		" the addresses that the user's phones should have, if it is a user's"
		" name. contacts: where the device is registered now, as in"
		" user_routing.explain.",
		0};

/* Splits at the last @: a digest username is any text. */
static bool read_name(rpc_t *rpc, void *ctx, struct ur_aor *a)
{
	str text;
	int at;

	if(rpc->scan(ctx, ".S", &text) < 1) {
		rpc->fault(ctx, 400, "The parameter is missing: USERNAME@REALM");
		return false;
	}
	for(at = text.len - 1; at >= 0 && text.s[at] != '@'; at--)
		;
	if(at > 0
			&& ur_aor_make((str){text.s, at},
					(str){text.s + at + 1, text.len - at - 1}, a))
		return true;
	rpc->fault(ctx, 400, "The parameter must be USERNAME@REALM");
	return false;
}

static void add_text(rpc_t *rpc, void *to, char *name, struct ur_text text)
{
	str s = ur_str_of_text(text);

	rpc->struct_add(to, "S", name, &s);
}

static void add_contacts_of(
		rpc_t *rpc, void *list, const struct ur_contacts *contacts)
{
	int i;

	for(i = 0; i < contacts->count; i++) {
		const struct ur_contact *contact = &contacts->list[i];
		str uri = contact->uri, received = contact->received;
		void *one;

		if(rpc->array_add(list, "{", &one) < 0)
			return;
		rpc->struct_add(one, "SSds", "uri", &uri, "received", &received,
				"expires",
				contact->expires != 0 ? (int)(contact->expires - time(NULL))
									  : 0,
				"state", ur_explain_contact_name(contact->state));
	}
}

static void add_contacts(
		rpc_t *rpc, void *answer, const struct ur_authentication *found)
{
	const struct ur_plan plan = {
			.user = found->user, .caller = UR_NO_PLACE, .only = found->device};
	const struct ur_contacts *live, *others;
	void *list;

	if(rpc->struct_add(answer, "[", "contacts", &list) < 0)
		return;
	ur_contacts_read_all(&plan, found->device, UR_CONTACTS_MAX, &live, &others);
	add_contacts_of(rpc, list, live);
	add_contacts_of(rpc, list, others);
}

static void add_found(
		rpc_t *rpc, void *answer, const struct ur_authentication *found)
{
	char devices[DEVICES_MAX];
	struct ur_output out = {devices, 0, sizeof(devices)};

	if(found->user == NULL)
		return;
	add_text(rpc, answer, "user", ur_user_text(found->user, found->user->id));
	if(found->why != UR_AUTHENTICATION_IS_USER) {
		add_contacts(rpc, answer, found);
		return;
	}
	ur_authentication_put_devices(&out, found->user);
	if(out.len > 0)
		add_text(rpc, answer, "devices", (struct ur_text){devices, out.len});
}

void ur_rpc_explain_register(rpc_t *rpc, void *ctx)
{
	struct ur_authentication found;
	struct ur_aor a;
	void *answer;

	if(!read_name(rpc, ctx, &a))
		return;
	if(!ur_state_has_passwords(ur_context_mirror())) {
		rpc->fault(ctx, 503,
				"No passwords are loaded from the database yet: phones get "
				"503");
		return;
	}
	if(rpc->add(ctx, "{", &answer) < 0) {
		rpc->fault(ctx, 500, "Out of memory for the answer");
		return;
	}
	found = ur_authentication_find(
			&ur_called_directory, a.user, a.domain, a.aor);
	add_text(rpc, answer, "device", a.aor);
	rpc->struct_add(answer, "ss", "may_register",
			found.why == UR_AUTHENTICATION_OK ? "yes" : "no", "why",
			ur_authentication_why(found.why));
	add_found(rpc, answer, &found);
	ur_table_user_put(found.user);
}
