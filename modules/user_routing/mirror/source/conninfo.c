/*
 * The connection string, checked and completed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libpq-fe.h>

#include "mirror/source/conninfo.h"

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
		/* A standby refuses LISTEN. A primary that is read-only for a while does not, and all data
		 * can be read there. */
		{"target_session_attrs", "primary"},
};

/* Parameters that may be a list with an element for each host. */
enum
{
	HOST,
	HOSTADDR,
	PORT,
	PARTS
};

static const char *const lists[PARTS] = {
		[HOST] = "host", [HOSTADDR] = "hostaddr", [PORT] = "port"};

enum
{
	DEFAULTS = sizeof(defaults) / sizeof(defaults[0]),
};

struct ur_conninfo
{
	PQconninfoOption *options;	/* of the string; owns the values */
	PQconninfoOption *resolved; /* with all that libpq adds */
	const char **keywords;		/* the lists of hosts come first */
	const char **values;
	char *parts[PARTS]; /* of the host that was asked for last */
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

static bool is_list(const char *keyword)
{
	int i;

	for(i = 0; i < PARTS; i++) {
		if(strcmp(lists[i], keyword) == 0)
			return true;
	}
	return false;
}

static int fill(struct ur_conninfo *info)
{
	const PQconninfoOption *option;
	size_t count = PARTS + DEFAULTS + 1;
	size_t i;

	for(option = info->options; option->keyword != NULL; option++)
		count++;
	info->keywords = calloc(count, sizeof(*info->keywords));
	info->values = calloc(count, sizeof(*info->values));
	if(info->keywords == NULL || info->values == NULL)
		return ENOMEM;
	count = 0;
	for(i = 0; i < PARTS; i++)
		add(info, &count, lists[i], "");
	for(i = 0; i < DEFAULTS; i++) {
		if(find(info->options, defaults[i].keyword) == NULL)
			add(info, &count, defaults[i].keyword, defaults[i].value);
	}
	for(option = info->options; option->keyword != NULL; option++) {
		if(option->val != NULL && !is_list(option->keyword))
			add(info, &count, option->keyword, option->val);
	}
	return 0;
}

/*
 * Only a connection tells what libpq makes of the string, a service file, the environment and its
 * defaults. So one is begun with an invalid value, which libpq refuses before it looks for a
 * server.
 */
int ur_conninfo_refresh(struct ur_conninfo *info)
{
	enum
	{
		MORE = 2,
	};
	const char *keywords[64 + MORE] = {"channel_binding"};
	const char *values[64 + MORE] = {"none of these"};
	const PQconninfoOption *option;
	PQconninfoOption *resolved;
	PGconn *conn;
	int count = 1;

	for(option = info->options; option->keyword != NULL && count < 64;
			option++) {
		if(option->val == NULL || strcmp(option->keyword, keywords[0]) == 0)
			continue;
		keywords[count] = option->keyword;
		values[count++] = option->val;
	}
	conn = PQconnectStartParams(keywords, values, 0);
	resolved = PQconninfo(conn); /* NULL without a connection */
	PQfinish(conn);
	if(resolved == NULL)
		return ENOMEM;
	PQconninfoFree(info->resolved);
	info->resolved = resolved;
	return 0;
}

const char *ur_conninfo_get(const struct ur_conninfo *info, const char *keyword)
{
	return find(info->resolved, keyword);
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
	if(err == 0)
		err = ur_conninfo_refresh(info);
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
	PQconninfoFree(info->resolved);
	free_parts(info);
	free(info->keywords);
	free(info->values);
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
	const char *list = ur_conninfo_get(info, lists[HOSTADDR]);

	if(list == NULL || *list == '\0')
		list = ur_conninfo_get(info, lists[HOST]);
	return count_elements(list);
}

/* An element of a comma-separated list, or NULL without memory. */
static char *element(const char *list, int n)
{
	for(; n > 0; n--)
		list += strcspn(list, ",") + 1;
	return strndup(list, strcspn(list, ","));
}

/* The element of a list for host n. A single port may be for all hosts. Any other number of
 * elements is a mistake, which libpq reports. */
static char *part_of(const char *list, int hosts, int n)
{
	if(list == NULL)
		return strndup("", 0);
	return count_elements(list) == hosts ? element(list, n)
										 : strndup(list, strlen(list));
}

int ur_conninfo_host(
		struct ur_conninfo *info, int n, struct ur_conninfo_host *host)
{
	const int hosts = ur_conninfo_hosts(info);
	int i;

	free_parts(info);
	for(i = 0; i < PARTS; i++) {
		info->parts[i] = part_of(ur_conninfo_get(info, lists[i]), hosts, n);
		if(info->parts[i] == NULL)
			return ENOMEM;
	}
	*host = (struct ur_conninfo_host){
			info->parts[HOST], info->parts[HOSTADDR], info->parts[PORT]};
	return 0;
}

void ur_conninfo_to(struct ur_conninfo *info,
		const struct ur_conninfo_host *host, const char *const **keywordsp,
		const char *const **valuesp)
{
	info->values[HOST] = host->host;
	info->values[HOSTADDR] = host->hostaddr;
	info->values[PORT] = host->port;
	*keywordsp = info->keywords;
	*valuesp = info->values;
}

/* Does what is sent there stay on this machine? */
static bool is_here(const struct ur_conninfo_host *host)
{
	const char *to = host->hostaddr[0] != '\0' ? host->hostaddr : host->host;

	return to[0] == '\0' || to[0] == '/' || to[0] == '@'
		   || strncmp(to, "127.", 4) == 0 || strcmp(to, "::1") == 0
		   || strcasecmp(to, "localhost") == 0;
}

static bool is_said(
		const struct ur_conninfo *info, const char *keyword, const char *value)
{
	const char *said = ur_conninfo_get(info, keyword);

	return said != NULL && strcmp(said, value) == 0;
}

const char *ur_conninfo_unverified(struct ur_conninfo *info)
{
	const int hosts = ur_conninfo_hosts(info);
	struct ur_conninfo_host host;
	int i;

	/* Kerberos (GSSAPI encryption) verifies the server, too. */
	if(is_said(info, "sslmode", "verify-full")
			|| is_said(info, "gssencmode", "require"))
		return NULL;
	for(i = 0; i < hosts; i++) {
		if(ur_conninfo_host(info, i, &host) == 0 && !is_here(&host))
			return host.host[0] != '\0' ? host.host : host.hostaddr;
	}
	return NULL;
}
