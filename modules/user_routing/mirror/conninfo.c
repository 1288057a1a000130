/*
 * The connection string, checked and completed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "mirror/conninfo.h"

/* Set unless the connection string does. */
static const struct
{
	const char *keyword;
	const char *value;
} defaults[] = {
		{"application_name", "user_routing"},
		{"client_encoding", "UTF8"},
		/* A dead peer is noticed in seconds, not after the kernel's two
		 * hours. */
		{"keepalives_idle", "2"},
		{"keepalives_interval", "1"},
		{"keepalives_count", "3"},
		{"tcp_user_timeout", "3000"},
		/* LISTEN is refused on a standby. */
		{"target_session_attrs", "read-write"},
};

enum
{
	DEFAULTS = sizeof(defaults) / sizeof(defaults[0]),
};

struct ur_conninfo
{
	PQconninfoOption *options; /* owns the values */
	const char **keywords;
	const char **values;
};

static const char *find(const PQconninfoOption *options, const char *keyword)
{
	for(; options->keyword != NULL; options++) {
		if(strcmp(options->keyword, keyword) == 0)
			return options->val;
	}
	return NULL;
}

/*
 * A password with an unescaped '@', '/' or '?' splits a URI in the wrong place:
 * a piece of it becomes the host, port or database, which error messages and
 * logs show.
 */
static const char *find_split_password(const PQconninfoOption *options)
{
	static const char why[] = "a special character in the password or user "
							  "name must be percent-encoded ('@' as %40)";
	const char *host = find(options, "host");
	const char *port = find(options, "port");
	const char *dbname = find(options, "dbname");

	/* A '@' at the start of a host is a socket in the abstract namespace. */
	if(host != NULL && host[0] != '\0' && strchr(host + 1, '@') != NULL)
		return why;
	if(port != NULL && port[strspn(port, "0123456789,")] != '\0')
		return why;
	if(dbname != NULL && strchr(dbname, '@') != NULL)
		return why;
	return NULL;
}

static void add(struct ur_conninfo *info, size_t *count, const char *keyword,
		const char *value)
{
	info->keywords[*count] = keyword;
	info->values[*count] = value;
	++*count;
}

static int fill(struct ur_conninfo *info)
{
	const PQconninfoOption *option;
	size_t count = 0;
	size_t i;

	for(option = info->options; option->keyword != NULL; option++)
		count++;
	info->keywords = calloc(count + DEFAULTS + 1, sizeof(*info->keywords));
	info->values = calloc(count + DEFAULTS + 1, sizeof(*info->values));
	if(info->keywords == NULL || info->values == NULL)
		return ENOMEM;
	count = 0;
	for(i = 0; i < DEFAULTS; i++) {
		if(find(info->options, defaults[i].keyword) == NULL)
			add(info, &count, defaults[i].keyword, defaults[i].value);
	}
	for(option = info->options; option->keyword != NULL; option++) {
		if(option->val != NULL)
			add(info, &count, option->keyword, option->val);
	}
	return 0;
}

/* libpq's own message quotes the string it can't parse, so it isn't passed
 * on. */
static int parse(struct ur_conninfo *info, const char *db_url, const char **why)
{
	char *message = NULL;

	info->options = PQconninfoParse(db_url, &message);
	if(info->options == NULL && message == NULL)
		return ENOMEM;
	PQfreemem(message);
	*why = info->options == NULL
				   ? "it is neither postgresql://user:password@host/database "
					 "nor "
					 "keyword=value pairs that libpq knows"
				   : find_split_password(info->options);
	return *why != NULL ? EINVAL : 0;
}

int ur_conninfo_alloc(
		struct ur_conninfo **infop, const char *db_url, const char **why)
{
	struct ur_conninfo *info = calloc(1, sizeof(*info));
	int err;

	if(info == NULL)
		return ENOMEM;
	err = parse(info, db_url, why);
	if(err == 0)
		err = fill(info);
	if(err != 0) {
		ur_conninfo_free(info);
		return err;
	}
	*infop = info;
	return 0;
}

void ur_conninfo_free(struct ur_conninfo *info)
{
	if(info == NULL)
		return;
	if(info->options != NULL)
		PQconninfoFree(info->options);
	free(info->keywords);
	free(info->values);
	free(info);
}

const char *const *ur_conninfo_keywords(const struct ur_conninfo *info)
{
	return info->keywords;
}

const char *const *ur_conninfo_values(const struct ur_conninfo *info)
{
	return info->values;
}
