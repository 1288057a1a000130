/*
 * What the module knows about a dialog when it gets a request in it, and what that request may do.
 *
 * It is written into the Record-Route of each leg, sealed (kam/seal.h), and comes back in the Route
 * of each request. So nothing is kept in memory, every node knows it, and it survives a restart.
 * The seal binds it to the Call-ID and to the caller's tag.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_DIALOG_H
#define UR_POLICY_DIALOG_H

#include <stdint.h>

#include "policy/text.h"

/* Room for any dialog that ur_dialog_write() takes. */
#define UR_DIALOG_SIZE 2400

/* The longest URI in From and To of a call, and the longest address of a device. */
#define UR_DIALOG_URI_MAX 400
/* The longest tag in From and To, and the longest value of the two. */
#define UR_DIALOG_TAG_MAX 256
#define UR_DIALOG_BODY_MAX 1024

/* Where packets come from and go to. len: 4, 16, or 0 if unknown. */
struct ur_address
{
	uint8_t protocol; /* as in Kamailio's enum sip_protos */
	uint8_t len;
	uint16_t port;
	uint8_t ip[16]; /* in network order */
};

/* One of the two ends. Texts are borrowed. */
struct ur_dialog_end
{
	struct ur_text
			device; /* auth_username@realm, or empty: not one of our devices */
	struct ur_address address; /* its address when the call began */
	/* Requests without a signed Contact may go to that address. */
	bool is_pinned;
};

/* Size of the MAC that kam/seal.h makes of a list of routes. */
#define UR_DIALOG_ROUTES_SIZE 12

/* A random number of the call: another call may have its Call-ID and tags, but not this. */
#define UR_DIALOG_ID_SIZE 8

struct ur_dialog
{
	uint32_t began; /* seconds since 1970 */
	uint8_t id[UR_DIALOG_ID_SIZE];
	bool is_to_gateway;	 /* the leg goes to the PSTN */
	bool is_own_account; /* caller and callee belong to one account */
	bool is_emergency; /* the caller may go on although the account is suspended */
	struct ur_dialog_end caller, callee;
	struct ur_text from;	   /* URI of From, as the caller wrote it */
	struct ur_text from_shown; /* … as the callee saw it */
	struct ur_text to;		   /* URI of To, as the caller wrote it */
	struct ur_text to_shown;   /* … as the callee saw it */
	/* Proxies between the caller and this one, as a MAC; empty: there are none. */
	struct ur_text routes;
	/* No call: the caller's device has subscribed to this voicemail box (ur_mailbox_key()). Empty in
	 * calls. */
	struct ur_text mailbox;
};

/* Writes the dialog into buf, as short as possible, since each message of the dialog carries it.
 * Returns the length, or -1 if it does not fit. */
int ur_dialog_write(const struct ur_dialog *dialog, uint8_t *buf, int size);

/* Room for the texts of any dialog. */
#define UR_DIALOG_TEXTS_SIZE 4096

/* Reads it back. Its texts are borrowed from buf and from texts, which has UR_DIALOG_TEXTS_SIZE
 * bytes. False: it is not a dialog. */
bool ur_dialog_read(
		struct ur_dialog *dialog, const uint8_t *buf, int len, char *texts);

bool ur_address_is_same_host(
		const struct ur_address *a, const struct ur_address *b);

/* Writes protocol, port and IP address (3 bytes and 4 or 16) into buf, which has UR_ADDRESS_SIZE
 * bytes. Returns the length; 0 for an unknown address. */
#define UR_ADDRESS_SIZE 19
int ur_address_write(const struct ur_address *address, uint8_t *buf);

/* Reads it back, from exactly len bytes; 0 for an unknown address. */
bool ur_address_read(struct ur_address *address, const uint8_t *buf, int len);

/* The sender of a request in the dialog. */
enum ur_sender_state
{
	UR_SENDER_NO_DEVICE, /* a trunk, a gateway, a route target */
	UR_SENDER_ACTIVE,	 /* device, user and account are active */
	UR_SENDER_DISABLED,	 /* one of them is not, or is gone */
	UR_SENDER_UNKNOWN,	 /* nothing is loaded yet */
};

struct ur_dialog_request
{
	/* BYE, ACK and PRACK end or complete what has begun. */
	bool begins_nothing;
	uint32_t age, max_age; /* of the dialog, in seconds */
	enum ur_sender_state sender;
	bool is_at_its_address; /* the host that it had when the call began */
	bool has_proven_itself; /* authenticated with the sender's own credentials */
	bool is_trusted_hop; /* it comes from a trunk, a gateway, a media server */
};

enum ur_dialog_answer
{
	UR_DIALOG_GOES,
	UR_DIALOG_TOO_OLD,
	UR_DIALOG_DISABLED,
	UR_DIALOG_NOT_LOADED,
	UR_DIALOG_WRONG_ADDRESS, /* the sender has to be a trusted hop */
	UR_DIALOG_TO_BE_PROVEN,	 /* the device has moved: it has to authenticate */
};

/*
 * Judges a request. Hanging up is never refused. Anything else needs a device that is active now,
 * or a trunk, gateway or target that still has its address.
 */
enum ur_dialog_answer ur_dialog_judge(const struct ur_dialog_request *request);

#endif
