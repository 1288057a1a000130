/*
 * The headers that name who diverted a call: Diversion (RFC 5806) and History-Info (RFC 7044).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_POLICY_HISTORY_H
#define UR_POLICY_HISTORY_H

#include "policy/chain.h"

/* How the users who diverted are named. */
struct ur_history_names
{
	struct ur_text domain;
	/*
	 * Towards the PSTN: the account of each hop's user, in the order of the chain; NULL elsewhere.
	 * A user is then named by the number that the leg would show of them (policy/identity.h), if the
	 * account may present one: a carrier knows no usernames.
	 */
	const struct ur_account *const *accounts;
};

/* The longest index of History-Info that is continued. */
#define UR_HISTORY_INDEX_MAX 64

/*
 * Writes Diversion headers, one for each user who diverted, the last one first; nothing if nobody
 * did. Returns the length, or -1 if it is longer than size.
 */
int ur_history_diversions(const struct ur_chain *chain,
		const struct ur_history_names *names, char *buf, int size);

/*
 * Writes a History-Info header that names each user who diverted, then uri, where the call goes.
 * The cause parameter of an entry (RFC 4458, as RFC 7544 maps a diversion) says why the call left
 * the user before. parent: the index that the first entry becomes a child of, which is the last one
 * that the call arrived with; empty: there is none. At least one user has diverted. Returns the
 * length, or -1 if it is longer than size.
 */
int ur_history_info(const struct ur_chain *chain,
		const struct ur_history_names *names, struct ur_text uri,
		struct ur_text parent, char *buf, int size);

/* The index of the last entry in the value of a History-Info header, "1.2"; empty if it has none, a
 * malformed one, or one longer than UR_HISTORY_INDEX_MAX. */
struct ur_text ur_history_last_index(struct ur_text value);

/* The number of diversions in the value of a Diversion header: each entry counts as often as its
 * counter says (RFC 5806 §4: 1 to 99). Of History-Info: its entries. */
int ur_history_count(struct ur_text value);

/* RFC 5806 §6.3: the reason as written in Diversion; empty for none. A constant. */
struct ur_text ur_history_reason(enum ur_diversion reason);

/* RFC 4458 §4: the cause parameter for a reason. */
int ur_history_cause(enum ur_diversion reason);

#endif
