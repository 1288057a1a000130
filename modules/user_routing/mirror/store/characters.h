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

/* The first character of the text that can't be … or NULL. */

/* … in a log line, or escaped in a message: control characters. */
const char *ur_characters_control(struct ur_text text);

/* … between the < and > of a URI as it is, which is in ASCII. */
const char *ur_characters_not_uri(struct ur_text text);

const char *ur_characters_not_host(struct ur_text text);

#endif
