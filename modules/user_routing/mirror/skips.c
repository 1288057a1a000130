/*
 * Skipped rows and the log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "mirror/store/hash.h"
#include "mirror/port.h"
#include "mirror/skips.h"

enum
{
	ID_SHOWN = 64, /* bytes of an id in a log line */
};

/* The text with blanks and unprintable characters replaced, for a log line. */
static const char *printable(struct ur_text text, char out[ID_SHOWN + 1])
{
	int len = text.len < ID_SHOWN ? text.len : ID_SHOWN;
	int i;

	for(i = 0; i < len; i++)
		out[i] = text.s[i] > ' ' && text.s[i] < 0x7f ? text.s[i] : '?';
	out[len] = '\0';
	return out;
}

/* Notes row and reason as logged. Returns false if they were logged before. */
static bool is_news(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason)
{
	static const struct ur_hash_seed seed;
	struct ur_text why = {reason, (int)strlen(reason)};
	uint64_t hash = ur_hash_text(&seed, kind[0], id);
	int i;

	hash = ur_hash_text(&seed, hash, why);
	for(i = 0; i < skips->count; i++) {
		if(skips->named[i] == hash)
			return false;
	}
	if(skips->count < UR_SKIPS_NAMED)
		skips->named[skips->count] = hash;
	return true;
}

void ur_skips_count(struct ur_skips *skips)
{
	skips->total++;
}

void ur_skips_add(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason)
{
	ur_skips_count(skips);
	ur_skips_name(skips, kind, id, reason);
}

void ur_skips_name(struct ur_skips *skips, const char *kind, struct ur_text id,
		const char *reason)
{
	char shown[ID_SHOWN + 1];

	if(skips->count > UR_SKIPS_NAMED || !is_news(skips, kind, id, reason))
		return;
	if(skips->count++ < UR_SKIPS_NAMED)
		ur_port_log(UR_LOG_WARNING, "%s '%s' is skipped: %s", kind,
				printable(id, shown), reason);
	else
		ur_port_log(UR_LOG_WARNING,
				"more than %d rows are skipped: the others are only counted",
				UR_SKIPS_NAMED);
}

void ur_skips_begin(struct ur_skips *skips)
{
	skips->total = 0;
}

void ur_skips_end(struct ur_skips *skips)
{
	if(skips->total == 0)
		skips->count = 0;
}
