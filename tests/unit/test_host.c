/*
 * Hosts: the normal form, odd numbers, addresses that no target may name, and whose an address is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>

#include "policy/host.h"
#include "support/edge.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct ur_text text(const char *s)
{
	return ur_test_edge_text(s, strlen(s));
}

static const struct
{
	const char *host, *spelling; /* NULL: it is none */
} spellings[] = {
		{"pbx.example", "pbx.example"},
		{"PBX.Example", "pbx.example"},
		{"pbx.example.", "pbx.example"},
		{"10.0.0.1", "10.0.0.1"},
		{"10.0.0.1.", "10.0.0.1"},
		{"[2001:DB8:0:0::1]", "[2001:db8::1]"},
		{"[::FFFF:10.0.0.1]", "[::ffff:10.0.0.1]"},
		{"[::g]", "[::g]"},
		{"[::]", "[::]"},
		{"[0:0:0:0:0:0:0:1]", "[::1]"},
		{"[FFFF:ffff:ffff:ffff:ffff:ffff:255.255.255.255]",
				"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"},
		{"[0000:0000:0000:0000:0000:ffff:0255.255.255.255]",
				"[0000:0000:0000:0000:0000:ffff:0255.255.255.255]"},
		/* no address in brackets: a name, however odd */
		{"[::1", "[::1"},
		{"::1]", "::1]"},
		{"(::1]", "(::1]"},
		{"[::1)", "[::1)"},
		{"[:]", "[:]"},
		{"[]", "[]"},
		{"..", "."},
		{"A", "a"},
		{"A.", "a"},
		{"[", "["},
		{"", NULL},
		{".", NULL},
};

START_TEST(test_spelling)
{
	char buf[UR_HOST_MAX + 1];
	int len = ur_host_normalise(text(spellings[_i].host), buf);

	if(spellings[_i].spelling == NULL)
		ck_assert_int_eq(len, -1);
	else
		ck_assert_str_eq(buf, spellings[_i].spelling);
	if(spellings[_i].spelling != NULL)
		ck_assert_int_eq(len, strlen(buf));
}
END_TEST

START_TEST(test_too_long)
{
	char host[UR_HOST_MAX + 2], buf[UR_HOST_MAX + 1];

	memset(host, 'a', sizeof(host));
	ck_assert_int_eq(
			ur_host_normalise((struct ur_text){host, UR_HOST_MAX}, buf),
			UR_HOST_MAX);
	ck_assert_int_eq(
			ur_host_normalise((struct ur_text){host, UR_HOST_MAX + 1}, buf),
			-1);
}
END_TEST

/* What is before a host does not belong to it. */
START_TEST(test_behind_dot)
{
	char buf[UR_HOST_MAX + 1];

	ck_assert_int_eq(ur_host_normalise((struct ur_text){"." + 1, 0}, buf), -1);
}
END_TEST

static const struct
{
	const char *host;
	bool odd;
} numbers[] = {
		{"10.0.0.1", false},
		{"255.255.255.255", false},
		{"pbx.example", false},
		{"10.example", false},
		{"0xbeef.example", false},
		{"1and1", false},
		{"[::1]", false},
		{"[::ffff:10.0.0.1]", false},
		{"2130706433", true},
		{"0x7f000001", true},
		{"0x7f.1", true},
		{"127.1", true},
		{"10.0.1", true},
		{"010.0.0.1", true},
		{"10.0.0.01", true},
		{"10.0.0.256", true},
		{"10.0.0.0x1", true},
		{"10.0.0.0.1", true},
		{"pbx.1", true},
		{"0x", true},
		{"0xf", true},
		{"0xg", false},
		{"0", true},
		{"9", true},
		{"0y1", false},
		{"x0", false},
		{"1x0", false},
		{"a.0x0", true},
		{"10.0.0.0x1g", false},
		{"10.0.0.0xff", true},
		{"10.0.0.1a", false},
		/* as long as an address can be, and longer */
		{"255.255.255.254", false},
		{"255.255.255.2555", true},
		{"a-host-with-a-long-name.1", true},
};

START_TEST(test_odd_number)
{
	ck_assert_int_eq(
			ur_host_is_odd_number(text(numbers[_i].host)), numbers[_i].odd);
}
END_TEST

START_TEST(test_invalid)
{
	ck_assert(ur_host_is_invalid(UR_TEXT("voicemail.invalid")));
	ck_assert(ur_host_is_invalid(UR_TEXT("invalid")));
	ck_assert(!ur_host_is_invalid(UR_TEXT("invalid.example")));
	ck_assert(!ur_host_is_invalid(UR_TEXT("notinvalid")));
	ck_assert(!ur_host_is_invalid(UR_TEXT("vm.nvalid")));
	ck_assert(!ur_host_is_invalid(UR_TEXT("")));
}
END_TEST

static const struct
{
	const char *address;
	bool fits, loopback;
} addresses[] = {
		{"10.0.0.1", true, false},
		{"203.0.113.9", true, false},
		{"223.255.255.255", true, false},
		{"1.0.0.0", true, false},
		{"126.0.0.1", true, false},
		{"128.0.0.1", true, false},
		{"168.254.1.1", true, false},
		{"170.254.1.1", true, false},
		{"169.253.1.1", true, false},
		{"169.255.1.1", true, false},
		{"fe7f::1", true, false},
		{"fec0::1", true, false},
		{"fd80::1", true, false},
		{"ff7f::1", false, false},
		{"feff::1", true, false},
		{"::2", true, false},
		{"::1.0.0.1", true, false},
		{"::0.0.1.0", false, false},
		{"::0.1.0.0", false, false},
		{"::fffe:127.0.0.1", true, false},
		{"64:ff9b::1:127.0.0.1", true, false},
		{"1::1", true, false},
		{"7f00::1", true, false},
		{"2001:db8::1", true, false},
		{"fd00::1", true, false},
		{"::ffff:10.0.0.1", true, false},
		{"64:ff9b::10.0.0.1", true, false},
		{"127.0.0.1", false, true},
		{"127.255.0.9", false, true},
		{"::1", false, true},
		{"::ffff:127.0.0.1", false, true},
		{"::127.0.0.1", false, true},
		{"64:ff9b::7f00:1", false, true},
		{"0.0.0.0", false, false},
		{"0.1.2.3", false, false},
		{"169.254.169.254", false, false},
		{"224.0.0.1", false, false},
		{"239.1.1.1", false, false},
		{"240.0.0.1", false, false},
		{"255.255.255.255", false, false},
		{"::", false, false},
		{"fe80::1", false, false},
		{"febf::1", false, false},
		{"ff02::1", false, false},
		{"::ffff:0.0.0.0", false, false},
		{"::ffff:169.254.1.1", false, false},
		{"64:ff9b::a9fe:1", false, false},
		{"::ffff:255.255.255.255", false, false},
};

START_TEST(test_address)
{
	const char *address = addresses[_i].address;
	const int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
	const int len = family == AF_INET6 ? 16 : 4;
	const bool loopback = addresses[_i].loopback;
	unsigned char bytes[16];

	ck_assert_int_eq(inet_pton(family, address, bytes), 1);
	ck_assert_int_eq(
			ur_host_address_fits(bytes, len, false), addresses[_i].fits);
	ck_assert_int_eq(ur_host_address_fits(bytes, len, true),
			addresses[_i].fits || loopback);
	ck_assert_int_eq(ur_host_address_is_loopback(bytes, len), loopback);
}
END_TEST

static const struct
{
	const char *address, *network;
} networks[] = {
		{"192.0.2.7", "192.0.2.7"},
		{"255.255.255.255", "255.255.255.255"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"},
		{"2001:db8:1:3::6", "2001:db8:1:3::/64"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::/64"},
		{"fe80::1", "fe80::/64"},
		{"::1", "::/64"},
		/* IPv4 in IPv6: not all of IPv4 at once */
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"64:ff9b::192.0.2.7", "192.0.2.7"},
};

START_TEST(test_network)
{
	const char *address = networks[_i].address;
	const int family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
	char buf[UR_HOST_NETWORK_SIZE];
	unsigned char bytes[16];

	ck_assert_int_eq(inet_pton(family, address, bytes), 1);
	ck_assert_int_eq(ur_host_network(bytes, family == AF_INET6 ? 16 : 4, buf),
			(int)strlen(networks[_i].network));
	ck_assert_str_eq(buf, networks[_i].network);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("host");
	TCase *tc = tcase_create("host");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, test_spelling, 0, COUNT(spellings));
	tcase_add_test(tc, test_too_long);
	tcase_add_test(tc, test_behind_dot);
	tcase_add_loop_test(tc, test_odd_number, 0, COUNT(numbers));
	tcase_add_test(tc, test_invalid);
	tcase_add_loop_test(tc, test_address, 0, COUNT(addresses));
	tcase_add_loop_test(tc, test_network, 0, COUNT(networks));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
