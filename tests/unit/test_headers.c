/*
 * The class of a header, by its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "policy/headers.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* One row a class, names between blanks. */
static const struct
{
	enum ur_header_class class;
	const char *names;
} classes[] = {
		{UR_HEADER_CALL,
				"Via v Max-Forwards From f To t Call-ID i CSeq Contact m"
				" Record-Route Content-Type c Content-Length l"
				" Content-Disposition Content-Encoding e Content-Language"
				" Content-ID MIME-Version Allow Supported k Require"
				" Session-Expires x Min-SE User-Agent Accept Accept-Encoding"
				" Accept-Language Allow-Events u Expires Date Timestamp"
				" RAck RSeq Reason P-Early-Media Recv-Info Info-Package"
				" Session-ID Route"},
		{UR_HEADER_IDENTITY,
				"P-Asserted-Identity P-Preferred-Identity Remote-Party-ID"
				" Identity y Identity-Info n P-Asserted-Service"
				" P-Preferred-Service P-Associated-URI P-Called-Party-ID"
				" Additional-Identity RPID-Privacy"},
		{UR_HEADER_DIVERSION,
				"Diversion History-Info CC-Diversion CC-Redirect"},
		{UR_HEADER_CHARGING,
				"P-Charge-Info P-Charging-Vector P-Charging-Function-Addresses"
				" P-Access-Network-Info P-Visited-Network-ID"
				" P-DCS-Billing-Info P-DCS-Trace-Party-ID P-DCS-LAES P-DCS-OSPS"
				" P-DCS-Redirect Attestation-Info Origination-Id"
				" P-Media-Authorization P-User-Database P-Profile-Key"
				" Cellular-Network-Info Resource-Priority"},
		{UR_HEADER_ANSWER,
				"Call-Info Alert-Info Answer-Mode Priv-Answer-Mode"
				" Target-Dialog Answer-After P-Auto-Answer X-AutoAnswer"
				" Intercom"},
		{UR_HEADER_PRIVACY, "Privacy"},
		{UR_HEADER_SERVED, "P-Served-User"},
		{UR_HEADER_LOCATION, "Geolocation Geolocation-Routing"},
		{UR_HEADER_REPLACES, "Replaces Join"},
		{UR_HEADER_TRANSFER, "Refer-To r Event o Subscription-State"},
		{UR_HEADER_OTHER, "X-Anything Path Proxy-Authorization Authorization"
						  " Proxy-Require Subject s Priority Organization"
						  " Referred-By b Accept-Contact a Reject-Contact j"
						  " Request-Disposition d In-Reply-To Geolocatio"
						  " User-to-User z P P-Asserted P-Asserted-Identit"
						  " P-Asserted-Identitys Vi Viaa P-Asserted-Identity-"},
};

/* In memory of exactly its size. */
static enum ur_header_class class_of(
		const char *name, int len, const char *behind, int (*change)(int))
{
	const int blanks = strlen(behind);
	char *s = ur_test_edge(len + blanks);
	int i;

	for(i = 0; i < len; i++)
		s[i] = change((unsigned char)name[i]);
	memcpy(s + len, behind, blanks);
	return ur_headers_class((struct ur_text){s, len + blanks});
}

static int same(int c)
{
	return c;
}

START_TEST(test_names)
{
	int (*const changes[])(int) = {same, toupper, tolower};
	const char *const behind[] = {"", " ", "\t", " \t "};
	const char *name, *next;
	size_t i, k;

	for(name = classes[_i].names; *name; name = next + (*next == ' ')) {
		next = name + strcspn(name, " ");
		for(i = 0; i < COUNT(changes); i++) {
			for(k = 0; k < COUNT(behind); k++)
				ck_assert_msg(class_of(name, next - name, behind[k], changes[i])
									  == classes[_i].class,
						"%.*s", (int)(next - name), name);
		}
	}
}
END_TEST

START_TEST(test_no_names)
{
	ck_assert_int_eq(ur_headers_class(UR_TEXT("")), UR_HEADER_OTHER);
	ck_assert_int_eq(ur_headers_class(UR_TEXT(" ")), UR_HEADER_OTHER);
	ck_assert_int_eq(ur_headers_class(UR_TEXT(" Via")), UR_HEADER_OTHER);
	ck_assert_int_eq(ur_headers_class(UR_TEXT("Via\0")), UR_HEADER_OTHER);
}
END_TEST

/* What a phone says of itself, and what it may not say to a caller. */
START_TEST(test_negotiates)
{
	ck_assert(ur_header_negotiates(UR_TEXT("Min-SE")));
	ck_assert(ur_header_negotiates(UR_TEXT("min-se ")));
	ck_assert(ur_header_negotiates(UR_TEXT("k")));
	ck_assert(ur_header_negotiates(UR_TEXT("UNSUPPORTED")));
	ck_assert(ur_header_negotiates(UR_TEXT("Security-Server")));
	ck_assert(ur_header_negotiates(UR_TEXT("k\t ")));
	ck_assert(!ur_header_negotiates(UR_TEXT("\t")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Min-SEs")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Min-SE!")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Min-SF")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Min-S")));
	ck_assert(!ur_header_negotiates(UR_TEXT("")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Contact")));
	ck_assert(!ur_header_negotiates(UR_TEXT("Via")));
	ck_assert(!ur_header_negotiates(UR_TEXT("P-Asserted-Identity")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("headers");
	TCase *tcase = tcase_create("headers");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_names, 0, COUNT(classes));
	tcase_add_test(tcase, test_no_names);
	tcase_add_test(tcase, test_negotiates);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
