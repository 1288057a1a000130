/*
 * What differs between Kamailio versions, and nothing else. Built and loaded
 * against 5.6; 6.0 and 6.1 are source compatible.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UR_KAM_COMPAT_H
#define UR_KAM_COMPAT_H

#include "core/sr_module.h"
#include "core/str.h"
#include "policy/text.h"

/* Kamailio's borrowed text and ours are the same thing under two names. */
static inline struct ur_text ur_text_of_str(str s)
{
	return (struct ur_text){s.s, s.len};
}

static inline str ur_str_of_text(struct ur_text t)
{
	return (str){(char *)t.s, t.len};
}

#endif
