/*
 * The callee of a request.
 *
 * A Request-URI names a user by username@domain, else an extension by its digits, else a device by
 * its address of record, else a did by its number, as the domain's account writes numbers. A trunk
 * calls a did first, whatever the domain; a user of ours an emergency number. What is disabled or in
 * a suspended account can't be called. Extensions are for users of their own account and for trunks:
 * others could use the account's queues and its way to the PSTN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_CALLEE_H
#define UR_POLICY_CALLEE_H

#include "policy/caller.h"
#include "policy/emergency.h"

enum ur_callee_kind
{
	UR_CALLEE_USER,
	UR_CALLEE_EXTENSION, /* or a did */
	UR_CALLEE_DEVICE,	 /* a device at its own address */
	UR_CALLEE_UNKNOWN,	 /* one of our domains, but no such name */
	UR_CALLEE_FOREIGN,	 /* not one of our domains */
};

/* Why UR_CALLEE_UNKNOWN. */
enum ur_callee_why
{
	UR_CALLEE_NO_SUCH, /* no user, extension or device has that name */
	UR_CALLEE_ACCOUNT_SUSPENDED,
	UR_CALLEE_USER_DISABLED, /* also the user of a dialled device */
	UR_CALLEE_EXTENSION_DISABLED,
	UR_CALLEE_DID_DISABLED,
	UR_CALLEE_DID_SUSPENDED, /* its account is suspended */
	UR_CALLEE_DEVICE_DISABLED,
	UR_CALLEE_OTHER_ACCOUNT, /* the device belongs to another account than the domain */
	UR_CALLEE_NOT_FOR_CALLER, /* it belongs to another account than the caller */
	UR_CALLEE_EMERGENCY, /* it is an emergency number, in whatever domain */
};

struct ur_callee
{
	enum ur_callee_kind kind;
	enum ur_callee_why why;				  /* only of UNKNOWN */
	const struct ur_user *user;			  /* a reference: USER, DEVICE */
	const struct ur_extension *extension; /* a reference: EXTENSION */
	int device;							  /* DEVICE: its place in the user */
	bool is_elsewhere; /* UNKNOWN: the domain is another account's than the calling user's */
	/* UNKNOWN: the number dialled, if nobody of ours has it: it may be called outside. Only the
	 * caller's own account's dial plan makes one of digits: the caller pays. Of EMERGENCY: as it was
	 * dialled. */
	struct ur_number number;
};

/* A name at a domain, in the form that records are found by. */
struct ur_callee_name
{
	struct ur_text user;
	struct ur_text domain;			/* lower case */
	struct ur_text aor;				/* user@domain */
	const struct ur_caller *caller; /* who calls it */
	const struct ur_emergency *emergency;
};

/* The look-ups. Each returns a reference, to a record active or not, or NULL. */
struct ur_callee_directory
{
	void *context;
	const struct ur_account *(*account_by_domain)(
			void *context, struct ur_text domain);
	const struct ur_user *(*user_by_name)(
			void *context, uint32_t account, struct ur_text name);
	const struct ur_extension *(*extension_by_digits)(
			void *context, uint32_t account, struct ur_text digits);
	/* *device: the device's place in the user. */
	const struct ur_user *(*user_by_device)(
			void *context, struct ur_text aor, int *device);
	/* e164: without +. */
	const struct ur_extension *(*did_by_number)(
			void *context, struct ur_text e164);
	const struct ur_account *(*account_by_number)(
			void *context, uint32_t account);
	void (*put_account)(const struct ur_account *account);
	void (*put_user)(const struct ur_user *user);
	void (*put_extension)(const struct ur_extension *extension);
};

/* Is there such an account, and is it active? */
bool ur_callee_account_is_active(
		const struct ur_callee_directory *directory, uint32_t number);

/* Finds the callee of that name. It holds at most one reference. */
struct ur_callee ur_callee_find(const struct ur_callee_directory *directory,
		const struct ur_callee_name *name);

/*
 * Finds the device with that address of record, if it belongs to the account and is active, as is
 * its user; else FOREIGN.
 */
struct ur_callee ur_callee_find_device(
		const struct ur_callee_directory *directory, uint32_t account,
		struct ur_text aor);

bool ur_callee_is_emergency(const struct ur_callee *callee);

/* The account of the user or the extension that is called: one of them is. */
static inline uint32_t ur_callee_account(const struct ur_callee *callee)
{
	return callee->extension != NULL ? callee->extension->account
									 : callee->user->account;
}

/* Was a did dialled, be it in service or not? Then the call must not leave for the PSTN. */
bool ur_callee_is_our_number(const struct ur_callee *callee);

/*
 * UNKNOWN: may the script send the call out? Not if a did was dialled, and of what was dialled at
 * another account's domain only a number: how its digits are meant is that account's matter, and the
 * caller pays.
 */
bool ur_callee_may_leave(const struct ur_callee *callee);

/* Why no local user is called, as a sentence; empty if one is. A constant. */
const char *ur_callee_why(const struct ur_callee *callee);

#endif
