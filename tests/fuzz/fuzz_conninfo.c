/*
 * db_url.
 *
 * The input is the string.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include <libpq-fe.h>

#include "mirror/source/conninfo.h"
#include "support/input.h"

static const char *find(const char *const *keywords, const char *const *values,
		const char *name)
{
	int i;

	for(i = 0; keywords[i] != NULL; i++) {
		if(strcmp(keywords[i], name) == 0)
			return values[i];
	}
	return "";
}

/* Each keyword is there once, with a value. */
static void check_keywords(
		const char *const *keywords, const char *const *values)
{
	int i, k;

	for(i = 0; keywords[i] != NULL; i++) {
		UR_FUZZ_ASSERT(values[i] != NULL);
		for(k = 0; k < i; k++)
			UR_FUZZ_ASSERT(strcmp(keywords[i], keywords[k]) != 0);
	}
	UR_FUZZ_ASSERT(values[i] == NULL);
}

/* What the string says of the keyword, or "". */
static const char *said(const PQconninfoOption *options, const char *keyword)
{
	for(; options->keyword != NULL; options++) {
		if(strcmp(options->keyword, keyword) == 0)
			return options->val != NULL ? options->val : "";
	}
	return "";
}

static int count_elements(const char *list)
{
	int count = 1;

	for(; *list != '\0'; list++)
		count += *list == ',';
	return count;
}

/* The hosts' elements with commas between them are the list again; or it is for all. */
static void check_list(
		struct ur_conninfo *info, const char *keyword, const char *list)
{
	const int hosts = ur_conninfo_hosts(info);
	const bool is_list = count_elements(list) == hosts;
	int i;

	for(i = 0; i < hosts; i++) {
		const char *const *keywords, *const *values;
		const char *value;

		struct ur_conninfo_host host;

		UR_FUZZ_ASSERT(ur_conninfo_host(info, i, &host) == 0);
		ur_conninfo_to(info, &host, &keywords, &values);
		check_keywords(keywords, values);
		value = find(keywords, values, keyword);
		if(!is_list) {
			UR_FUZZ_ASSERT(strcmp(value, list) == 0);
			continue;
		}
		UR_FUZZ_ASSERT(strncmp(list, value, strlen(value)) == 0);
		list += strlen(value);
		UR_FUZZ_ASSERT(*list == (i + 1 < hosts ? ',' : '\0'));
		list++;
	}
}

/* No @ in what error messages show: it would be a piece of a password. */
static void check_split(const PQconninfoOption *options)
{
	const char *host = said(options, "host");

	UR_FUZZ_ASSERT(*host == '\0' || strchr(host + 1, '@') == NULL);
	UR_FUZZ_ASSERT(strchr(said(options, "port"), '@') == NULL);
	UR_FUZZ_ASSERT(strchr(said(options, "dbname"), '@') == NULL);
}

static void check_info(struct ur_conninfo *info, const char *db_url)
{
	static const char *const lists[] = {"host", "hostaddr", "port"};
	PQconninfoOption *options = PQconninfoParse(db_url, NULL);
	size_t i;

	UR_FUZZ_ASSERT(options != NULL);
	UR_FUZZ_ASSERT(ur_conninfo_hosts(info) >= 1);
	check_split(options);
	for(i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		check_list(info, lists[i],
				ur_conninfo_get(info, lists[i]) != NULL
						? ur_conninfo_get(info, lists[i])
						: "");
	PQconninfoFree(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *db_url = strndup((const char *)data, size);
	struct ur_conninfo *info = NULL;
	const char *why = NULL;
	const int err = ur_conninfo_alloc(&info, db_url, &why);

	if(err == 0) {
		check_info(info, db_url);
		ur_conninfo_free(info);
	} else {
		UR_FUZZ_ASSERT(err == EINVAL);
		UR_FUZZ_ASSERT(why != NULL && *why != '\0');
	}
	free(db_url);
	return 0;
}
