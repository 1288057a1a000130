/*
 * Characters that a row's texts must not have. Our schema refuses these and more; this is for views
 * over other tables. Such a character could end a header, a URI or a log line early.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_MIRROR_STORE_CHARACTERS_H
#define UR_MIRROR_STORE_CHARACTERS_H

#include <stdbool.h>

#include "policy/text.h"

/* The first character of the text that must not be … or NULL. */

/* … in a log line, or escaped in a message: control characters. */
const char *ur_characters_control(struct ur_text text);

/* … between the < and > of a URI, unescaped; a URI is ASCII */
const char *ur_characters_not_uri(struct ur_text text);

const char *ur_characters_not_host(struct ur_text text);

const char *ur_characters_not_digit(struct ur_text text);

/* … in a header as it is: what is not printable ASCII. */
const char *ur_characters_not_ascii(struct ur_text text);

#endif
