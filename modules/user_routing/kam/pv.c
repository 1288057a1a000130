/*
 * The pseudo-variable class $ur(name).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/pv.h"

#include <sodium.h>
#include <string.h>

#include "core/dprint.h"
#include "kam/answer.h"
#include "kam/attempt.h"
#include "kam/auth.h"
#include "kam/dialog.h"
#include "kam/legs.h"
#include "kam/live_call.h"
#include "kam/compat.h"
#include "kam/presentity.h"
#include "kam/pv_record.h"
#include "kam/request.h"
#include "policy/host.h"
#include "policy/status.h"

enum pv_name
{
	PV_STATUS,
	PV_REASON,
	PV_USER,
	PV_GROUP,
	PV_MEMBER,
	PV_STEP,
	PV_OUTCOME,
	PV_HOPS,
	PV_TARGET_KIND,
	PV_TARGET_ID,
	PV_TARGET_URI,
	PV_REALM,
	PV_AUTH_NAME,
	PV_AUTH_SOURCE,
	PV_NUMBER,
	PV_PAYER,
	PV_PAYER_CLASS,
	PV_EMERGENCY,
	PV_GATEWAY_DOMAIN,
	PV_DEVICE,
	PV_LEG_KIND,
	PV_USER_URI,
	PV_CALLER_URI,
	PV_CALLER,
	PV_CALLER_DEVICE,
	PV_CALLED,
	PV_FORWARDER,
	PV_FORWARD_REASON,
	PV_PAYER_ACCOUNT,
	PV_LEG_DEVICE,
	PV_LEG_USER,
	PV_LEG_FROM,
	PV_RESPONSE,
	PV_DIALOG_ID,
};

static const struct
{
	struct ur_text text;
	enum pv_name name;
} names[] = {
		{UR_TEXT_INIT("status"), PV_STATUS},
		{UR_TEXT_INIT("reason"), PV_REASON},
		{UR_TEXT_INIT("user"), PV_USER},
		{UR_TEXT_INIT("group"), PV_GROUP},
		{UR_TEXT_INIT("member"), PV_MEMBER},
		{UR_TEXT_INIT("step"), PV_STEP},
		{UR_TEXT_INIT("outcome"), PV_OUTCOME},
		{UR_TEXT_INIT("verdict"), PV_OUTCOME}, /* old name of outcome */
		{UR_TEXT_INIT("hops"), PV_HOPS},
		{UR_TEXT_INIT("target_kind"), PV_TARGET_KIND},
		{UR_TEXT_INIT("target_id"), PV_TARGET_ID},
		{UR_TEXT_INIT("target_uri"), PV_TARGET_URI},
		{UR_TEXT_INIT("realm"), PV_REALM},
		{UR_TEXT_INIT("auth_name"), PV_AUTH_NAME},
		{UR_TEXT_INIT("auth_source"), PV_AUTH_SOURCE},
		{UR_TEXT_INIT("number"), PV_NUMBER},
		{UR_TEXT_INIT("payer"), PV_PAYER},
		{UR_TEXT_INIT("payer_class"), PV_PAYER_CLASS},
		{UR_TEXT_INIT("emergency"), PV_EMERGENCY},
		{UR_TEXT_INIT("gateway_domain"), PV_GATEWAY_DOMAIN},
		{UR_TEXT_INIT("device"), PV_DEVICE},
		{UR_TEXT_INIT("user_uri"), PV_USER_URI},
		{UR_TEXT_INIT("caller_uri"), PV_CALLER_URI},
		{UR_TEXT_INIT("caller"), PV_CALLER},
		{UR_TEXT_INIT("caller_device"), PV_CALLER_DEVICE},
		{UR_TEXT_INIT("called"), PV_CALLED},
		{UR_TEXT_INIT("forwarder"), PV_FORWARDER},
		{UR_TEXT_INIT("forward_reason"), PV_FORWARD_REASON},
		{UR_TEXT_INIT("payer_account"), PV_PAYER_ACCOUNT},
		{UR_TEXT_INIT("leg_kind"), PV_LEG_KIND},
		{UR_TEXT_INIT("leg_device"), PV_LEG_DEVICE},
		{UR_TEXT_INIT("leg_user"), PV_LEG_USER},
		{UR_TEXT_INIT("leg_from"), PV_LEG_FROM},
		{UR_TEXT_INIT("response"), PV_RESPONSE},
		{UR_TEXT_INIT("dialog_id"), PV_DIALOG_ID},
};

int ur_pv_parse_name(pv_spec_t *spec, str *name)
{
	size_t i;

	for(i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if(!ur_text_equal(names[i].text, ur_text_of_str(*name)))
			continue;
		spec->pvp.pvn.type = PV_NAME_INTSTR;
		spec->pvp.pvn.u.isname.type = 0;
		spec->pvp.pvn.u.isname.name.n = names[i].name;
		return 0;
	}
	LM_ERR("$ur(%.*s) does not exist: use status, reason, user, group, member, "
		   "step, outcome,"
		   " hops, target_kind, target_id, target_uri, realm, auth_name,"
		   " auth_source, number, payer, payer_class, emergency,"
		   " gateway_domain, device, user_uri, caller_uri, caller,"
		   " caller_device, called, forwarder, forward_reason, payer_account,"
		   " leg_kind, leg_device, leg_user, leg_from, response or"
		   " dialog_id\n",
			name->len, name->s);
	return -1;
}

static int get_text(struct sip_msg *msg, pv_param_t *param, pv_value_t *value,
		struct ur_text text)
{
	str s = ur_str_of_text(text);

	return pv_get_strval(msg, param, value, &s);
}

/* Before its first leg ends, a ring looks like one of nobody's phone: it is unreachable only when it is
 * over. */
static enum ur_outcome outcome_so_far(const struct ur_call *call)
{
	const bool is_over =
			ur_plan_is_set(&call->plan) && call->phase >= UR_CALL_RUNG;
	const enum ur_outcome outcome = ur_call_is_busy(call) && is_over
											? UR_OUTCOME_BUSY
											: ur_ring_outcome(&call->ring);

	return outcome == UR_OUTCOME_UNREACHABLE && !is_over ? UR_OUTCOME_NO_ANSWER
														 : outcome;
}

/* Of the current user or group. */
static int get_of_ring(struct sip_msg *msg, pv_param_t *param,
		pv_value_t *value, const struct ur_live_call *live)
{
	const char *outcome;

	if(ur_chain_stop(&live->call.chain) < 0)
		return pv_get_null(msg, param, value);
	switch(param->pvn.u.isname.name.n) {
		case PV_STEP:
			return pv_get_sintval(msg, param, value, live->call.step);
		default:
			outcome = ur_outcome_name(outcome_so_far(&live->call));
			return get_text(msg, param, value,
					(struct ur_text){outcome, strlen(outcome)});
	}
}

static int get_user(struct sip_msg *msg, pv_param_t *param, pv_value_t *value,
		const struct ur_user *user)
{
	return user != NULL
				   ? get_text(msg, param, value, ur_user_text(user, user->id))
				   : pv_get_null(msg, param, value);
}

static int get_group(struct sip_msg *msg, pv_param_t *param, pv_value_t *value,
		const struct ur_live_call *live)
{
	const struct ur_group *group = ur_chain_group(&live->call.chain);

	return group != NULL ? get_text(
				   msg, param, value, ur_slice_text(group, group->id))
						 : pv_get_null(msg, param, value);
}

/* Whose phone the leg rings, or NULL. */
static const struct ur_user *member_of(
		const struct sip_msg *msg, const struct ur_live_call *live)
{
	const int place = ur_legs_place(msg, live);
	struct ur_member member;

	if(place == UR_NO_PLACE)
		return NULL;
	member = ur_plan_member(&live->call.plan, place);
	return member.owner;
}

static int get_of_target(struct sip_msg *msg, pv_param_t *param,
		pv_value_t *value, const struct ur_live_call *live)
{
	if(live->call.phase != UR_CALL_LEFT)
		return pv_get_null(msg, param, value);
	switch(param->pvn.u.isname.name.n) {
		case PV_TARGET_KIND:
			return get_text(msg, param, value, live->target.kind);
		case PV_TARGET_ID:
			return get_text(msg, param, value, live->target.id);
		default:
			return get_text(msg, param, value, live->target_uri);
	}
}

static int get_not_empty(struct sip_msg *msg, pv_param_t *param,
		pv_value_t *value, struct ur_text text)
{
	return ur_text_is_empty(text) ? pv_get_null(msg, param, value)
								  : get_text(msg, param, value, text);
}

/* Does somebody pay for the leg? */
static bool is_paid(const struct sip_msg *msg, const struct ur_live_call *live)
{
	return live->call.phase == UR_CALL_LEFT
		   || live->call.phase == UR_CALL_OUTBOUND
		   || ur_legs_is_external(msg, live);
}

/* What a leg of a ring rings. */
static struct ur_text leg_kind(
		const struct sip_msg *msg, const struct ur_live_call *live)
{
	if(ur_legs_place(msg, live) == UR_NO_PLACE)
		return UR_TEXT("");
	return ur_legs_is_external(msg, live) ? UR_TEXT("external")
										  : UR_TEXT("device");
}

static int get_of_payer(struct sip_msg *msg, pv_param_t *param,
		pv_value_t *value, const struct ur_live_call *live)
{
	struct ur_chain copy;
	const struct ur_chain *chain =
			ur_call_leg_chain(&live->call, ur_legs_place(msg, live), &copy);
	const struct ur_user *payer = ur_caller_payer(chain, &live->call.caller);

	if(payer == NULL || !is_paid(msg, live))
		return pv_get_null(msg, param, value);
	return get_not_empty(msg, param, value,
			ur_user_text(payer, param->pvn.u.isname.name.n == PV_PAYER
										? payer->id
										: payer->dial_class));
}

static int get_uri(struct sip_msg *msg, pv_param_t *param, pv_value_t *value,
		const struct ur_user *user)
{
	static char uri[UR_PRESENTITY_URI_MAX];
	const int len =
			user != NULL ? ur_presentity_uri(user, uri, sizeof(uri)) : -1;

	return len < 0 ? pv_get_null(msg, param, value)
				   : get_text(msg, param, value, (struct ur_text){uri, len});
}

/* In the same order. */
static enum ur_pv_record record_name(const pv_param_t *param)
{
	return UR_PV_CALLER + (param->pvn.u.isname.name.n - PV_CALLER);
}

static int get_of_call(
		struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	const struct ur_live_call *live = ur_live_call_get();

	if(live == NULL)
		return pv_get_null(msg, param, value);
	switch(param->pvn.u.isname.name.n) {
		case PV_HOPS:
			return pv_get_sintval(msg, param, value, live->call.chain.count);
		case PV_NUMBER:
			return get_not_empty(
					msg, param, value, ur_number_text(&live->call.number));
		case PV_PAYER:
		case PV_PAYER_CLASS:
			return get_of_payer(msg, param, value, live);
		case PV_LEG_KIND:
			return get_not_empty(msg, param, value, leg_kind(msg, live));
		case PV_USER_URI:
			return get_uri(msg, param, value, ur_call_user(&live->call));
		case PV_CALLER_URI:
			return get_uri(msg, param, value, live->call.caller.user);
		case PV_EMERGENCY:
			return pv_get_sintval(msg, param, value, live->call.is_emergency);
		case PV_GATEWAY_DOMAIN:
			return get_not_empty(
					msg, param, value, live->call.caller.gateway_domain);
		case PV_TARGET_KIND:
		case PV_TARGET_ID:
		case PV_TARGET_URI:
			return get_of_target(msg, param, value, live);
		case PV_USER:
			return get_user(msg, param, value, ur_call_user(&live->call));
		case PV_GROUP:
			return get_group(msg, param, value, live);
		case PV_MEMBER:
			return get_user(msg, param, value, member_of(msg, live));
		case PV_STEP:
		case PV_OUTCOME:
			return get_of_ring(msg, param, value, live);
		case PV_PAYER_ACCOUNT:
			if(!is_paid(msg, live))
				return pv_get_null(msg, param, value);
			/* fall through */
		default:
			return get_not_empty(msg, param, value,
					ur_pv_record_text(live, record_name(param)));
	}
}

static int get_device(struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	static struct ur_aor device;

	return ur_request_device(msg, &device)
				   ? get_text(msg, param, value, device.aor)
				   : pv_get_null(msg, param, value);
}

static int get_dialog_id(
		struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	static char text[2 * UR_DIALOG_ID_SIZE + 1];
	uint8_t id[UR_DIALOG_ID_SIZE];

	if(!ur_dialog_id(msg, id))
		return pv_get_null(msg, param, value);
	sodium_bin2hex(text, sizeof(text), id, sizeof(id));
	return get_text(
			msg, param, value, (struct ur_text){text, sizeof(text) - 1});
}

int ur_pv_get(struct sip_msg *msg, pv_param_t *param, pv_value_t *value)
{
	const char *reason;

	switch(param->pvn.u.isname.name.n) {
		case PV_STATUS:
			return pv_get_sintval(msg, param, value, ur_answer_status(msg));
		case PV_REASON:
			reason = ur_status_phrase(ur_answer_status(msg));
			return get_text(msg, param, value,
					(struct ur_text){reason, strlen(reason)});
		case PV_RESPONSE:
			return pv_get_sintval(msg, param, value,
					ur_pv_record_response(ur_live_call_get()));
		case PV_REALM:
			return get_not_empty(
					msg, param, value, ur_text_of_str(ur_auth_realm(msg)));
		case PV_AUTH_NAME:
			return get_not_empty(
					msg, param, value, ur_text_of_str(ur_attempt_name(msg)));
		case PV_AUTH_SOURCE:
			return get_not_empty(
					msg, param, value, ur_text_of_str(ur_attempt_source(msg)));
		case PV_DEVICE:
			return get_device(msg, param, value);
		case PV_DIALOG_ID:
			return get_dialog_id(msg, param, value);
		default:
			return get_of_call(msg, param, value);
	}
}

/* Also with a port. */
static bool is_host(str text)
{
	int i;

	for(i = 0; i < text.len; i++) {
		if(!ur_is_letter_or_digit(text.s[i])
				&& (text.s[i] == '\0' || strchr("-_.:[]", text.s[i]) == NULL))
			return false;
	}
	return text.len > 0 && text.len <= UR_HOST_MAX;
}

int ur_pv_set(struct sip_msg *msg, pv_param_t *param, int op, pv_value_t *value)
{
	struct ur_live_call *const live = ur_live_call_get();

	(void)msg;
	(void)op;
	if(param->pvn.u.isname.name.n != PV_GATEWAY_DOMAIN || live == NULL) {
		LM_ERR("of $ur(…) only gateway_domain can be set, and only after"
			   " user_forward_policy()\n");
		return -1;
	}
	if(value == NULL || (value->flags & PV_VAL_NULL))
		return ur_live_call_set_gateway_domain(live, UR_TEXT(""));
	if((value->flags & PV_VAL_STR) && is_host(value->rs))
		return ur_live_call_set_gateway_domain(live, ur_text_of_str(value->rs));
	LM_ERR("$ur(gateway_domain) must be a host, such as carrier.example\n");
	return -1;
}
