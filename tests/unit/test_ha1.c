/*
 * What a device's record keeps of its password.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>

#include "support/sample.h"
#include "support/suite.h"

static struct ur_draft draft;
static const struct ur_user *user = (const struct ur_user *)draft.body;

/* Makes the draft of a user with one device; "" is NULL. */
static int draft_with(const char *ha1)
{
	struct ur_user_row row = ur_test_user_row(1, "us_1", "1001");
	struct ur_device_row device = ur_test_device_row("dev_a", "a");

	device.ha1 = ur_test_text(ha1);
	return ur_draft_user(&draft, &row, &device, 1, NULL, 0);
}

START_TEST(it_is_kept_as_bytes)
{
	static const uint8_t bytes[UR_HA1_SIZE] = {0x00, 0x11, 0x22, 0x33, 0x44,
			0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
	static const uint8_t none[UR_HA1_SIZE];

	ck_assert_int_eq(draft_with("00112233445566778899aabbccddeeff"), 0);
	ck_assert(user->devices[0].flags & UR_DEVICE_HA1);
	ck_assert_mem_eq(user->devices[0].ha1, bytes, sizeof(bytes));
	ck_assert_int_eq(draft_with(""), 0);
	ck_assert(!(user->devices[0].flags & UR_DEVICE_HA1));
	ck_assert_mem_eq(user->devices[0].ha1, none, sizeof(none));
}
END_TEST

/* The message says where, and nothing of the value. */
START_TEST(odd_text_is_refused)
{
	static const char *const odd[] = {"0", "00112233445566778899aabbccddeef",
			"00112233445566778899aabbccddeeff0",
			"00112233445566778899AABBCCDDEEFF",
			"00112233445566778899aabbccddeefg",
			"00112233445566778899aabbccddee/f",
			"0011223344556677:899aabbccddeeff", "my password"};
	size_t i;

	for(i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		ck_assert_int_eq(draft_with(odd[i]), EINVAL);
		ck_assert_str_eq(draft.error,
				"ha1 of its device 'dev_a' is not 32 lower-case hexadecimal"
				" digits");
	}
}
END_TEST

START_TEST(another_one_is_another_record)
{
	static const struct ur_hash_seed seed;
	struct ur_record *record;

	ck_assert_int_eq(draft_with("00112233445566778899aabbccddeeff"), 0);
	record = ur_record_new(&draft, &seed);
	ck_assert_ptr_nonnull(record);
	ck_assert_int_eq(draft_with("00112233445566778899aabbccddeeff"), 0);
	ck_assert(ur_record_equals(record, &draft));
	ck_assert_int_eq(draft_with("00112233445566778899aabbccddeefe"), 0);
	ck_assert(!ur_record_equals(record, &draft));
	ck_assert_int_eq(draft_with(""), 0);
	ck_assert(!ur_record_equals(record, &draft));
	ur_record_put(record);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {it_is_kept_as_bytes, odd_text_is_refused,
			another_one_is_another_record, NULL};
	const struct ur_test_suite suite = {.name = "ha1"};

	return ur_test_suite_run(&suite, tests);
}
