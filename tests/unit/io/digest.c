/* SPDX-License-Identifier: ISC
 *
 * Digests against the vectors of those who defined them. SHA-256: the examples of
 * FIPS 180-4 (those of FIPS 180-2, appendix B) and the empty message of NIST's SHAVS
 * (SHA256ShortMsg, Len = 0). HMAC-SHA-256: RFC 4231, section 4.
 */
#include "io/digest.h"
#include "tests/unit/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static void
messages_at_once(void **state)
{
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	digest_of("", 0, hex);
	assert_string_equal(hex, EMPTY);
	digest_of("abc", 3, hex);
	assert_string_equal(hex, ABC);
	digest_of(two_blocks, strlen(two_blocks), hex);
	assert_string_equal(hex, TWO_BLOCKS);
}

static void
messages_in_parts(void **state)
{
	struct digest *digest = digest_open();
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	for (int i = 0; i < 1000000; i += 1000) {
		char part[1000];

		memset(part, 'a', sizeof(part));
		digest_add(digest, part, sizeof(part));
	}
	digest_finish(digest, hex);
	assert_string_equal(hex, MILLION);
	/* It starts anew, and nothing is a message too. */
	digest_finish(digest, hex);
	assert_string_equal(hex, EMPTY);
	digest_add(digest, "a", 1);
	digest_add(digest, "", 0);
	digest_add(digest, "bc", 2);
	digest_finish(digest, hex);
	assert_string_equal(hex, ABC);
	digest_close(digest);
	digest_close(NULL);
}

#define TIMES_10(x) x x x x x x x x x x
#define TIMES_20(x) TIMES_10(x) TIMES_10(x)
#define TIMES_50(x) TIMES_20(x) TIMES_20(x) TIMES_10(x)
#define TIMES_131(x) TIMES_50(x) TIMES_50(x) TIMES_20(x) TIMES_10(x) x

static void
keyed(void **state)
{
	static const struct {
		const char *key, *bytes, *hex;
	} cases[] = {
		{ TIMES_20("\x0b"), "Hi There", /* 4.2 */
		    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", "what do ya want for nothing?", /* 4.3 */
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ TIMES_20("\xaa"), TIMES_50("\xdd"), /* 4.4 */
		    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
		{ "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12"
		    "\x13\x14\x15\x16\x17\x18\x19", TIMES_50("\xcd"), /* 4.5 */
		    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
		{ TIMES_131("\xaa"), /* 4.7; 4.6 is of a truncated output */
		    "Test Using Larger Than Block-Size Key - Hash Key First",
		    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
		{ TIMES_131("\xaa"), /* 4.8 */
		    "This is a test using a larger than block-size key and a larger than "
		    "block-size data. The key needs to be hashed before being used by the "
		    "HMAC algorithm.",
		    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	};
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		digest_keyed(cases[i].key, strlen(cases[i].key), cases[i].bytes,
		    strlen(cases[i].bytes), hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void
files(void **state)
{
	/* Longer than what is read at once, and no multiple of it. */
	static char million[1000000];
	char hex[DIGEST_HEX_SIZE];
	long long bytes = -1;
	struct err err;

	(void)state;
	assert_int_equal(folder_put("empty", "", 0), 0);
	assert_int_equal(digest_file("empty", hex, &bytes, &err), 0);
	assert_string_equal(hex, EMPTY);
	assert_int_equal(bytes, 0);
	memset(million, 'a', sizeof(million));
	assert_int_equal(folder_put("million", million, sizeof(million)), 0);
	assert_int_equal(digest_file("million", hex, &bytes, &err), 0);
	assert_string_equal(hex, MILLION);
	assert_int_equal(bytes, 1000000);
}

static void
files_that_cannot_be_read(void **state)
{
	char hex[DIGEST_HEX_SIZE];
	long long bytes;
	struct err err;

	(void)state;
	assert_int_equal(digest_file("missing", hex, &bytes, &err), -1);
	assert_int_equal(err.exit_code, EXIT_NO_INPUT);
	assert_string_equal(err.text, "missing: No such file or directory");
	/* A folder can be opened, but not read. */
	assert_int_equal(digest_file(".", hex, &bytes, &err), -1);
	assert_int_equal(err.exit_code, EXIT_IO);
	assert_string_equal(err.text, ".: Is a directory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_at_once),
		cmocka_unit_test(messages_in_parts),
		cmocka_unit_test(keyed),
		IN_FOLDER(files),
		IN_FOLDER(files_that_cannot_be_read),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
