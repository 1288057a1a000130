/*
 * user_auth_check().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/auth.h"

#include <string.h>
#include <strings.h>

#include "core/dprint.h"
#include "core/ip_addr.h"
#include "core/parser/digest/digest.h"
#include "core/parser/parse_from.h"
#include "core/parser/parse_to.h"
#include "core/parser/parse_uri.h"
#include "core/ut.h"
#include "kam/answer.h"
#include "kam/aor.h"
#include "kam/called.h"
#include "kam/compat.h"
#include "kam/context.h"
#include "kam/counters.h"
#include "kam/log_rate.h"
#include "kam/request.h"
#include "kam/tel_uri.h"
#include "modules/auth/rfc2617_sha256.h"
#include "policy/authentication.h"
#include "policy/message.h"

static auth_api_s_t auth;

int ur_auth_init(void)
{
	if(find_export("bind_auth_s", 0, 0) == NULL)
		return 0;
	return auth_load_api(&auth);
}

const auth_api_s_t *ur_auth_api(void)
{
	return &auth;
}

hdr_types_t ur_auth_header(const struct sip_msg *msg)
{
	return msg->REQ_METHOD == METHOD_REGISTER ? HDR_AUTHORIZATION_T
											  : HDR_PROXYAUTH_T;
}

static bool ends_with(str host, const char *end)
{
	const int len = strlen(end);

	return host.len >= len
		   && strncasecmp(host.s + host.len - len, end, len) == 0;
}

/* The device that the script must challenge. Private to this process. */
static struct
{
	unsigned int msg_id;
	int msg_pid;
	bool is_emergency;
	int len;
	char realm[UR_AUTH_REALM_MAX];
} asked;

static bool is_asked(const struct sip_msg *msg)
{
	return asked.len > 0 && asked.msg_id == msg->id
		   && asked.msg_pid == msg->pid;
}

void ur_auth_ask(
		const struct sip_msg *msg, struct ur_text device, bool emergency)
{
	int len = 0;

	while(len < device.len && device.s[device.len - len - 1] != '@')
		len++;
	if(len == 0 || len == device.len || len > UR_AUTH_REALM_MAX)
		return;
	memcpy(asked.realm, device.s + device.len - len, len);
	asked.len = len;
	asked.is_emergency = emergency;
	asked.msg_id = msg->id;
	asked.msg_pid = msg->pid;
}

/* The sender's home domain, as the sender states it. In a dialog the called side's From is what the
 * caller wrote as To, so there ur_auth_ask() sets the realm from the dialog. */
static str home_of(struct sip_msg *msg)
{
	const str none = {"", 0};
	const struct sip_uri *uri = msg->REQ_METHOD == METHOD_REGISTER
										? parse_to_uri(msg)
										: parse_from_uri(msg);

	if(is_asked(msg))
		return (str){asked.realm, asked.len};
	if(uri != NULL && uri->host.len > 0 && !ends_with(uri->host, ".invalid"))
		return uri->host;
	if(msg->REQ_METHOD == METHOD_REGISTER || parse_sip_msg_uri(msg) < 0)
		return none;
	return msg->parsed_uri.host;
}

/* Characters allowed in a challenge's realm: those of a host. */
static bool is_of_host(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.'
		   || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

str ur_auth_realm(struct sip_msg *msg)
{
	static char buf[UR_AUTH_REALM_MAX];
	const str home = home_of(msg);
	str realm = {buf, home.len};
	int i;

	if(home.len > UR_AUTH_REALM_MAX)
		return (str){buf, 0};
	memcpy(buf, home.s, home.len);
	strlower(&realm);
	for(i = 0; i < realm.len; i++) {
		if(!is_of_host(buf[i]))
			return (str){buf, 0};
	}
	return realm;
}

bool ur_auth_is_there(void)
{
	if(auth.pre_auth != NULL)
		return true;
	LM_ERR("user_auth_check() needs the auth module: add loadmodule"
		   " \"auth.so\" before user_routing.so\n");
	return false;
}

static struct ur_authentication find(const struct ur_aor *a)
{
	return ur_authentication_find(
			&ur_called_directory, a->user, a->domain, a->aor);
}

/* Who does not pay may still call for help. */
static bool may_authenticate(
		struct sip_msg *msg, const struct ur_authentication *found)
{
	return found->why == UR_AUTHENTICATION_OK
		   || (found->why == UR_AUTHENTICATION_SUSPENDED
				   && (ur_called_is_emergency(msg)
						   || (is_asked(msg) && asked.is_emergency)));
}

/* Reads the HA1 in the auth module's form. False: the device may not authenticate. */
static bool read_ha1(struct sip_msg *msg, str username, str realm, char *hex)
{
	struct ur_authentication found;
	struct ur_aor a;
	bool may;

	if(!ur_aor_make(username, realm, &a))
		return false;
	found = find(&a);
	may = may_authenticate(msg, &found);
	if(may)
		string2hex((unsigned char *)found.user->devices[found.device].ha1,
				UR_HA1_SIZE, hex);
	ur_table_user_put(found.user);
	return may;
}

/* The user that a URI names. For tel: it is the number, which can include URI parameters. */
static bool user_of(const str *text, const struct sip_uri *uri,
		struct ur_tel *tel, str *user)
{
	const int rc = ur_tel_uri_read(text, uri, tel);

	*user = rc > 0 ? ur_str_of_text(ur_tel_number(tel)) : uri->user;
	return rc >= 0;
}

/*
 * Credentials captured from a call to sip:100@ must not be usable to call +88…: the digest covers
 * only its own uri. Phones write that uri in many ways, some without a user, so the users are
 * compared if both have one. (RFC 3261 §22.4 lets proxies change the rest.)
 */
static bool is_for_this_request(struct sip_msg *msg, str digest_uri)
{
	struct sip_uri uri;
	struct ur_tel tels[2];
	str users[2];

	if(parse_uri(digest_uri.s, digest_uri.len, &uri) < 0
			|| parse_sip_msg_uri(msg) < 0
			|| !user_of(&digest_uri, &uri, &tels[0], &users[0])
			|| !user_of(GET_RURI(msg), &msg->parsed_uri, &tels[1], &users[1]))
		return false;
	return users[0].len == 0 || users[1].len == 0
		   || ur_aor_same_user(users[0], users[1]);
}

static int check_response(
		struct sip_msg *msg, struct hdr_field *header, str realm)
{
	/* With the algorithm SHA-256 the auth module reads this many bytes. */
	HASHHEX_SHA256 ha1 = {0};
	dig_cred_t *credentials = &((auth_body_t *)header->parsed)->digest;
	const struct username *name = &credentials->username;

	/* The core reads the username "sip:alice@other" as alice. */
	if(name->user.len != name->whole.len)
		return UR_AUTH_USERNAME;
	/* auth takes a nonce for a new one if its nonce count is new. Without qop the response doesn't
	 * cover the count, so anybody could append one to credentials that were used. (RFC 2617 §3.2.2:
	 * no nonce count without qop.) */
	if(credentials->qop.qop_str.len == 0 && credentials->nc.len > 0)
		return UR_AUTH_ERROR;
	if(!read_ha1(msg, name->user, realm, ha1))
		return UR_AUTH_NO_DEVICE;
	switch(auth.check_response(
			credentials, &msg->first_line.u.request.method, ha1)) {
		case AUTHENTICATED:
			if(!is_for_this_request(msg, credentials->uri))
				return UR_AUTH_ERROR;
			return auth.post_auth(msg, header, ha1) == AUTHENTICATED
						   ? UR_AUTH_OK
						   : UR_AUTH_ERROR;
		case NOT_AUTHENTICATED:
			return UR_AUTH_WRONG_PASSWORD;
		default:
			return UR_AUTH_ERROR;
	}
}

static bool is_address(const struct sip_uri *uri, str username, str realm)
{
	return uri != NULL && STR_EQ(uri->user, username)
		   && uri->host.len == realm.len
		   && strncasecmp(uri->host.s, realm.s, realm.len) == 0;
}

/* REGISTER: both To and From must be the device's own address. */
static bool registers_itself(
		struct sip_msg *msg, const struct hdr_field *header, str realm)
{
	const str name = ((auth_body_t *)header->parsed)->digest.username.user;

	return is_address(parse_to_uri(msg), name, realm)
		   && is_address(parse_from_uri(msg), name, realm);
}

/* A sentence and three addresses. */
#define WHY_MAX 2048

/* Why a name was refused, in one line. */
static void put_why(
		struct ur_output *out, const struct ur_authentication *found, int rc)
{
	const char *why = rc == UR_AUTH_WRONG_PASSWORD
							  ? "wrong password"
							  : ur_authentication_why(found->why);

	ur_output_put(out, (struct ur_text){why, (int)strlen(why)});
	if(rc == UR_AUTH_NO_DEVICE && found->why == UR_AUTHENTICATION_IS_USER) {
		ur_output_put(out, UR_TEXT(": "));
		ur_authentication_put_devices(out, found->user);
	}
	ur_output_keep_on_one_line(out);
}

static void log_refused(struct sip_msg *msg, const struct ur_aor *a,
		const struct ur_authentication *found, int rc)
{
	char text[WHY_MAX];
	struct ur_output why = {text, 0, sizeof(text)};
	unsigned left_out;

	if(!ur_log_rate_take(rc == UR_AUTH_WRONG_PASSWORD ? UR_LOG_WRONG_PASSWORD
													  : UR_LOG_NO_DEVICE,
			   found->user != NULL ? a->aor : UR_TEXT(""), &left_out))
		return;
	put_why(&why, found, rc);
	LM_NOTICE("%.*s from %s: %.*s refused: %.*s (logged once a minute; %u"
			  " suppressed)\n",
			REQ_LINE(msg).method.len, REQ_LINE(msg).method.s,
			ip_addr2a(&msg->rcv.src_ip), a->aor.len, a->aor.s,
			why.len > 0 ? why.len : 0, text, left_out);
}

/* Why a phone is challenged again and again. Strangers guess names as they like, so all names that
 * are neither a device's nor a user's share a line. */
static void log_failure(
		struct sip_msg *msg, const struct hdr_field *header, str realm, int rc)
{
	const str name = ((auth_body_t *)header->parsed)->digest.username.whole;
	struct ur_authentication found;
	struct ur_aor a;

	if((rc != UR_AUTH_WRONG_PASSWORD && rc != UR_AUTH_NO_DEVICE)
			|| ur_message_has_control(ur_text_of_str(name))
			|| ur_message_has_control(ur_text_of_str(realm))
			|| !ur_aor_make(name, realm, &a))
		return;
	found = find(&a);
	/* … unless it has changed meanwhile */
	if(rc != UR_AUTH_NO_DEVICE || found.why != UR_AUTHENTICATION_OK)
		log_refused(msg, &a, &found, rc);
	ur_table_user_put(found.user);
}

static int check(struct sip_msg *msg, str realm)
{
	struct hdr_field *header = NULL;
	int rc;

	switch(auth.pre_auth(msg, &realm, ur_auth_header(msg), &header, NULL)) {
		case DO_AUTHENTICATION:
			rc = check_response(msg, header, realm);
			log_failure(msg, header, realm, rc);
			if(rc == UR_AUTH_OK && msg->REQ_METHOD == METHOD_REGISTER
					&& !registers_itself(msg, header, realm))
				return UR_AUTH_MISMATCH;
			return rc;
		case AUTHENTICATED:
			return UR_AUTH_OK;
		case NO_CREDENTIALS:
			return UR_AUTH_NO_CREDENTIALS;
		case STALE_NONCE:
			return UR_AUTH_STALE_NONCE;
		case NONCE_REUSED:
			return UR_AUTH_NONCE_REUSED;
		default:
			return UR_AUTH_ERROR;
	}
}

/* Requests without credentials or with a stale nonce are not counted: the client is challenged and
 * tries again. */
static int counted(int rc)
{
	if(rc == UR_AUTH_OK)
		counter_inc(ur_counters.auth_ok);
	else if(rc != UR_AUTH_NO_CREDENTIALS && rc != UR_AUTH_STALE_NONCE)
		counter_inc(ur_counters.auth_failed);
	return rc;
}

int ur_auth_check(struct sip_msg *msg, str *realm)
{
	if(msg->REQ_METHOD & (METHOD_ACK | METHOD_CANCEL | METHOD_PRACK))
		return UR_AUTH_OK;
	if(!ur_auth_is_there())
		return UR_AUTH_ERROR;
	if(realm->len <= 0) {
		LM_ERR("user_auth_check() was called with an empty realm\n");
		return UR_AUTH_ERROR;
	}
	/* A phone that gets 503 keeps its password; one that is challenged again and again may discard
	 * it. */
	if(!ur_state_has_passwords(ur_context_mirror())) {
		counter_inc(ur_counters.auth_not_loaded);
		ur_answer_not_loaded(msg);
		return UR_AUTH_NOT_LOADED;
	}
	return counted(check(msg, *realm));
}
