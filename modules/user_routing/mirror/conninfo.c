/*
 * The connection string, checked and completed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdbool.h>
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
		/* LISTEN is refused on a standby. It is not on a primary that is read-only
		 * for a while, and there is all to read. */
		{"target_session_attrs", "primary"},
};

/* What may be a list with an element for each host. */
static const char *const lists[] = {"host", "hostaddr", "port"};

enum
{
	DEFAULTS = sizeof(defaults) / sizeof(defaults[0]),
	PARTS = sizeof(lists) / sizeof(lists[0]),
};

struct ur_conninfo
{
	PQconninfoOption *options; /* owns the values */
	const char **keywords;
	const char **values;
	const char **of_host; /* values, but for the host asked for last … */
	char *parts[PARTS];	  /* … with these in place of the lists of hosts */
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
	info->of_host = calloc(count + DEFAULTS + 1, sizeof(*info->of_host));
	if(info->keywords == NULL || info->values == NULL || info->of_host == NULL)
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

static void free_parts(struct ur_conninfo *info)
{
	int i;

	for(i = 0; i < PARTS; i++) {
		free(info->parts[i]);
		info->parts[i] = NULL;
	}
}

void ur_conninfo_free(struct ur_conninfo *info)
{
	if(info == NULL)
		return;
	if(info->options != NULL)
		PQconninfoFree(info->options);
	free_parts(info);
	free(info->keywords);
	free(info->values);
	free(info->of_host);
	free(info);
}

static int count_elements(const char *list)
{
	int count = 1;

	for(; list != NULL && *list != '\0'; list++)
		count += *list == ',';
	return count;
}

int ur_conninfo_hosts(const struct ur_conninfo *info)
{
	const char *list = find(info->options, "hostaddr");

	if(list == NULL || *list == '\0')
		list = find(info->options, "host");
	return count_elements(list);
}

/* An element of a comma-separated list, or NULL without memory. */
static char *element(const char *list, int n)
{
	for(; n > 0; n--)
		list += strcspn(list, ",") + 1;
	return strndup(list, strcspn(list, ","));
}

/* Is it a list with an element for each of these hosts? One port may be for all; other
 * numbers are a mistake that libpq tells of when it sees it. */
static bool is_list_for(int hosts, const char *keyword, const char *value)
{
	int i;

	for(i = 0; i < PARTS; i++) {
		if(strcmp(lists[i], keyword) == 0)
			return hosts > 1 && count_elements(value) == hosts;
	}
	return false;
}

int ur_conninfo_of_host(struct ur_conninfo *info, int host,
		const char *const **keywordsp, const char *const **valuesp)
{
	const int hosts = ur_conninfo_hosts(info);
	int used = 0;
	size_t i;

	free_parts(info);
	for(i = 0; info->keywords[i] != NULL; i++) {
		info->of_host[i] = info->values[i];
		if(!is_list_for(hosts, info->keywords[i], info->values[i]))
			continue;
		info->parts[used] = element(info->values[i], host);
		if(info->parts[used] == NULL)
			return ENOMEM;
		info->of_host[i] = info->parts[used++];
	}
	*keywordsp = info->keywords;
	*valuesp = info->of_host;
	return 0;
}
