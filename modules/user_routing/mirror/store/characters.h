/*
 * Characters of a row. The schema refuses as much and more; here it is for tables of somebody
 * else's behind the views. A row that could end a header, a URI or a line of the log is
 * better not there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_CHARACTERS_H
#define UR_MIRROR_STORE_CHARACTERS_H

#include <stdbool.h>

#include "policy/text.h"

/* A text, and which characters it may have. */
struct ur_written
{
	const char *column;
	struct ur_text text;
	bool (*fits)(unsigned char c);
};

/* Into a log line, or escaped into a message. */
bool ur_characters_no_control(unsigned char c);

/* As it is between the < and > of a URI, which is in ASCII. */
bool ur_characters_uri(unsigned char c);

bool ur_characters_host(unsigned char c);

/* The first of the texts that has a character that can't be there, and this one in *c; NULL. */
const struct ur_written *ur_characters_odd(
		const struct ur_written *texts, int count, unsigned char *c);

#endif
