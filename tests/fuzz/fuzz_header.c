/*
 * Headers written by others: the values of Privacy, Replaces and Contact, the last index in
 * History-Info, and header names; also the form of the message that contains them.
 *
 * The input is the value, the name or the message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "policy/contact.h"
#include "policy/headers.h"
#include "policy/history.h"
#include "policy/message.h"
#include "policy/privacy.h"
#include "policy/replaces.h"
#include "support/input.h"

static bool is_word(const char *s, int len, const char *word)
{
	return len == (int)strlen(word) && strncasecmp(s, word, len) == 0;
}

/* ---- Privacy, word by word */

static unsigned read_privacy(const char *s, int len)
{
	unsigned privacy = 0;
	int i = 0;

	while(i < len) {
		int n = 0;

		while(i + n < len && !memchr(";, \t\r\n", s[i + n], 6))
			n++;
		if(is_word(s + i, n, "id") || is_word(s + i, n, "user")
				|| is_word(s + i, n, "header"))
			privacy |= UR_PRIVACY_ASKED;
		if(is_word(s + i, n, "none"))
			privacy |= UR_PRIVACY_NONE;
		i += n + 1;
	}
	return privacy;
}

/* ---- History-Info: what is enclosed is taken out first */

/* Each quoted string and each <URI> becomes a Q. */
static int take_out(char *out, const char *s, int len)
{
	int n = 0;
	int i = 0;

	while(i < len) {
		const char opened = s[i++];

		if(opened != '"' && opened != '<') {
			out[n++] = opened;
			continue;
		}
		out[n++] = 'Q';
		while(i < len && s[i] != (opened == '"' ? '"' : '>'))
			i += opened == '"' && s[i] == '\\' ? 2 : 1;
		i++;
	}
	return n;
}

static void trim(const char **s, int *len)
{
	while(*len > 0 && memchr(" \t\r\n", (*s)[0], 4)) {
		++*s;
		--*len;
	}
	while(*len > 0 && memchr(" \t\r\n", (*s)[*len - 1], 4))
		--*len;
}

/* Numbers with dots between them. */
static bool is_index(const char *s, int len)
{
	int i;

	for(i = 0; i < len; i++) {
		const bool digit = s[i] >= '0' && s[i] <= '9';

		if(!digit && (s[i] != '.' || i == 0 || s[i - 1] == '.'))
			return false;
	}
	return len > 0 && len <= UR_HISTORY_INDEX_MAX && s[len - 1] != '.';
}

/* The length of the index that a parameter is, -1: it is another one. What is behind a
 * blank in its value is not looked at. */
static int index_of(const char *s, int len, const char **index)
{
	const char *equal = memchr(s, '=', len);
	const char *name = s;
	int n = equal != NULL ? (int)(equal - s) : 0;
	int k = 0;

	trim(&name, &n);
	if(equal == NULL || !is_word(name, n, "index"))
		return -1;
	*index = equal + 1;
	len -= (int)(*index - s);
	trim(index, &len);
	while(k < len && !memchr(" \t\r\n", (*index)[k], 4))
		k++;
	return is_index(*index, k) ? k : 0;
}

/* Of the last entry, the last parameter that is an index. */
static int last_index(const char *s, int len, const char **index)
{
	int found = 0;
	int begin, end;

	for(begin = len; begin > 0 && s[begin - 1] != ','; begin--)
		;
	while(begin < len && s[begin] != ';')
		begin++;
	for(begin++; begin <= len; begin = end + 1) {
		int n;

		for(end = begin; end < len && s[end] != ';'; end++)
			;
		n = index_of(s + begin, end - begin, index);
		found = n >= 0 ? n : found;
	}
	return found;
}

static void check_index(const char *s, int len)
{
	const struct ur_text got = ur_history_last_index((struct ur_text){s, len});
	char *bare = malloc(len + 1);
	const int bare_len = take_out(bare, s, len);
	const char *index = bare;
	const int n = last_index(bare, bare_len, &index);

	UR_FUZZ_ASSERT(got.len == n);
	if(n > 0) {
		UR_FUZZ_ASSERT(got.s >= s && got.s + got.len <= s + len);
		UR_FUZZ_ASSERT(memcmp(got.s, index, n) == 0);
	}
	free(bare);
}

/* ---- a message, byte by byte */

static const struct ur_message_limits limits = {.bytes = 200, .lines = 6};

/* Where the head ends, by the first line that is empty, or -1. Kamailio ends a line at LF. */
static int end_of_head(const char *s, int begin, int len)
{
	int line = begin;
	int i;

	for(i = begin; i < len; i++) {
		if(s[i] != '\n')
			continue;
		if(i == line || (i == line + 1 && s[line] == '\r'))
			return i + 1;
		line = i + 1;
	}
	return -1;
}

/* Whether it is accepted must not depend on how the check is made. */
static bool is_accepted(const char *s, int len)
{
	int begin = 0, lines = 0;
	int end, i;

	while(len - begin >= 2 && memcmp(s + begin, "\r\n", 2) == 0)
		begin += 2;
	end = end_of_head(s, begin, len);
	if(len > limits.bytes || end < begin + 4
			|| memcmp(s + end - 4, "\r\n\r\n", 4) != 0)
		return false;
	for(i = begin; i < end; i++) {
		if(s[i] == '\r' && (i + 1 == end || s[i + 1] != '\n'))
			return false;
		if(ur_is_control(s[i]) && memchr("\t\r\n", s[i], 3) == NULL)
			return false;
		lines += s[i] == '\n';
	}
	return lines - 1 <= limits.lines;
}

/* ---- names: in capitals, and with blanks behind it, a header is what it was */

static void check_name(const char *s, int len)
{
	const enum ur_header_class class =
			ur_headers_class((struct ur_text){s, len});
	char *other = malloc(len + 2);
	int i;

	for(i = 0; i < len; i++)
		other[i] = (char)toupper((unsigned char)s[i]);
	memcpy(other + len, " \t", 2);
	UR_FUZZ_ASSERT((class & (class - 1)) == 0 && class != 0);
	UR_FUZZ_ASSERT(ur_headers_class((struct ur_text){other, len}) == class);
	UR_FUZZ_ASSERT(ur_headers_class((struct ur_text){other, len + 2}) == class);
	free(other);
}

/* ---- Contact */

static int count_controls(const char *s, int len, const char *but, int but_len)
{
	int count = 0;
	int i;

	for(i = 0; i < len; i++) {
		if(iscntrl((unsigned char)s[i]) && !memchr(but, s[i], but_len))
			count++;
	}
	return count;
}

/* Parameters that lead elsewhere are not plain, wherever they stand. */
static void check_params(const char *s, int len)
{
	static const char *const bad[] = {"maddr", "alias", "received", "lr"};
	const bool plain = ur_contact_params_are_plain((struct ur_text){s, len});
	int begin, end;
	size_t k;

	for(begin = 0; plain && begin < len; begin = end + 1) {
		for(end = begin; end < len && s[end] != ';'; end++)
			;
		for(k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
			const int n = (int)strlen(bad[k]);

			UR_FUZZ_ASSERT(end - begin < n
						   || strncasecmp(s + begin, bad[k], n) != 0
						   || isalnum((unsigned char)s[begin + n]));
		}
	}
}

static void check_contact(const char *s, int len)
{
	const struct ur_text text = {s, len};

	UR_FUZZ_ASSERT(ur_contact_text_is_sound(text)
				   == (len <= 512 && count_controls(s, len, "", 0) == 0));
	UR_FUZZ_ASSERT(
			ur_contact_value_is_sound(text)
			== (len <= 4096 && count_controls(s, len, "\t\r\n", 3) == 0));
	check_params(s, len);
}

/* ---- Replaces: two parameters, each once and not empty, behind something */

static int count_tags(const char *s, int len, const char *name)
{
	const int n = (int)strlen(name);
	int count = 0;
	int i;

	for(i = 0; i + n < len; i++) {
		int before = i - 1, behind = i + n;

		while(before >= 0 && (s[before] == ' ' || s[before] == '\t'))
			before--;
		while(behind < len && (s[behind] == ' ' || s[behind] == '\t'))
			behind++;
		count += before >= 0 && s[before] == ';' && behind < len
				 && s[behind] == '=' && is_word(s + i, n, name);
	}
	return count;
}

/* What is taken for good has them. (That it is taken: test_replaces.) */
static void check_replaces(const char *s, int len)
{
	if(!ur_replaces_is_good((struct ur_text){s, len}))
		return;
	UR_FUZZ_ASSERT(count_tags(s, len, "to-tag") == 1);
	UR_FUZZ_ASSERT(count_tags(s, len, "from-tag") == 1);
	UR_FUZZ_ASSERT(*s != ';' && len > (int)strlen("a;to-tag=1;from-tag=2") - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	const struct ur_text value = {s, (int)size};

	UR_FUZZ_ASSERT(ur_privacy_read(value) == read_privacy(s, value.len));
	check_index(s, value.len);
	UR_FUZZ_ASSERT((ur_message_check(value, &limits) == UR_MESSAGE_OK)
				   == is_accepted(s, value.len));
	check_name(s, value.len);
	check_contact(s, value.len);
	check_replaces(s, value.len);
	return 0;
}
