/* SPDX-License-Identifier: ISC */
#include "io/password.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Of "secret", made by crypt(3). */
#define DIGITS "abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
#define HASH_5 "$2b$05$" DIGITS
#define HASH_5Y "$2y$05$" DIGITS
#define HASH_5A "$2a$05$" DIGITS

static void
test_hashes(void **state)
{
	static const struct {
		const char *hash, *why; /* NULL: right */
	} cases[] = {
		{ HASH_5, NULL }, { HASH_5Y, NULL }, { HASH_5A, NULL },
		{ "$2b$14$" DIGITS, NULL },
		{ "$2b$04$" DIGITS, NULL },
		{ "$2b$03$" DIGITS, "below 4" },
		{ "$2b$00$" DIGITS, "below 4" },
		{ "$2b$15$" DIGITS, "above 14" },
		{ "$2b$99$" DIGITS, "above 14" },
		{ "$2x$05$" DIGITS, "not a bcrypt hash" },
		{ "$2$05$a" DIGITS, "not a bcrypt hash" },
		{ "$2b$5$a" DIGITS, "not a bcrypt hash" },
		{ "$2b$+5$" DIGITS, "not a bcrypt hash" },
		{ "$2b$05$" DIGITS "a", "not a bcrypt hash" },
		{ "$2b$05$short", "not a bcrypt hash" },
		{ "$2b$05$!" DIGITS, "not a bcrypt hash" },
		{ "$2b$05$-bcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
		    "not a bcrypt hash" },
		{ "plain", "not a bcrypt hash" }, { "", "not a bcrypt hash" },
		{ "$1$abc$def", "not a bcrypt hash" },
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (password_check_hash(cases[i].hash, &why) !=
		    (cases[i].why == NULL ? 0 : -1))
			fail_msg("%s", cases[i].hash);
		if (cases[i].why != NULL)
			assert_non_null(strstr(why, cases[i].why));
	}
}

/* Waits for one verdict; its context must be that. */
static enum password_verdict
wait_for(struct password *password, const void *context)
{
	struct pollfd fd = { .fd = password_fd(password), .events = POLLIN };
	enum password_verdict verdict = PASSWORD_BUSY;
	const void *got;

	while ((got = password_next(password, &verdict)) == NULL)
		assert_int_equal(poll(&fd, 1, 60000), 1);
	assert_ptr_equal(got, context);
	return verdict;
}

/* Judges once, and waits where it takes long; sets *was_known otherwise. */
static enum password_verdict
judge(struct password *password, const struct password_user *user, const char *name,
    const char *text, int *was_known)
{
	int context;
	enum password_verdict verdict = password_judge(password, user, 1, name, text,
	    &context);

	*was_known = verdict != PASSWORD_PENDING;
	return *was_known ? verdict : wait_for(password, &context);
}

static void
test_verdicts(void **state)
{
	char name[] = "me", five[] = HASH_5, y[] = HASH_5Y, other[] = "$2b$04$" DIGITS;
	struct password_user user = { name, five };
	struct password *password;
	struct err err;
	int was_known;

	(void)state;
	assert_int_equal(password_open(&password, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(judge(password, &user, "me", "secret", &was_known),
		    PASSWORD_RIGHT);
		assert_int_equal(was_known, i);
		assert_int_equal(judge(password, &user, "me", "Secret", &was_known),
		    PASSWORD_WRONG);
		assert_int_equal(was_known, i);
		/* An unknown name is computed too, and never right. */
		assert_int_equal(judge(password, &user, "you", "secret", &was_known),
		    PASSWORD_WRONG);
		assert_int_equal(was_known, i);
		assert_int_equal(judge(password, &user, "me", "", &was_known),
		    PASSWORD_WRONG);
	}
	/* Who was right is not so any more when the name has gone. */
	name[0] = 'x';
	assert_int_equal(judge(password, &user, "me", "secret", &was_known),
	    PASSWORD_WRONG);
	assert_int_equal(was_known, 0);
	name[0] = 'm';
	/* A new hash is computed anew. */
	user.hash = y;
	assert_int_equal(judge(password, &user, "me", "secret", &was_known),
	    PASSWORD_RIGHT);
	assert_int_equal(was_known, 0);
	user.hash = other;
	assert_int_equal(judge(password, &user, "me", "secret", &was_known),
	    PASSWORD_WRONG);
	/* Parts are not run together: "mes" "ecret" is not "me" "secret". */
	user.hash = five;
	assert_int_equal(judge(password, &user, "mes", "ecret", &was_known),
	    PASSWORD_WRONG);
	assert_int_equal(was_known, 0);
	password_stop(password);
	password_close(password);
}

/* Many wrong passwords do not push out the right one. */
static void
test_memory(void **state)
{
	char name[] = "me", five[] = "$2b$04$" DIGITS, right[] = HASH_5;
	struct password_user user = { name, right };
	struct password *password;
	struct err err;
	int was_known;

	(void)state;
	assert_int_equal(password_open(&password, &err), 0);
	assert_int_equal(judge(password, &user, "me", "secret", &was_known),
	    PASSWORD_RIGHT);
	user.hash = five;
	for (int i = 0; i < 150; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		assert_int_equal(judge(password, &user, "me", text, &was_known),
		    PASSWORD_WRONG);
	}
	user.hash = right;
	assert_int_equal(judge(password, &user, "me", "secret", &was_known),
	    PASSWORD_RIGHT);
	assert_int_equal(was_known, 1);
	password_stop(password);
	password_close(password);
}

/* More than a few at once are refused, and each of the others is told once. */
static void
test_busy(void **state)
{
	char name[] = "me", slow[] = "$2b$12$" DIGITS;
	struct password_user user = { name, slow };
	int contexts[20], told[20] = { 0 }, pending = 0, busy = 0;
	enum password_verdict verdict;
	struct password *password;
	struct err err;
	const int *context;

	(void)state;
	assert_int_equal(password_open(&password, &err), 0);
	for (int i = 0; i < 20; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%d", i);
		verdict = password_judge(password, &user, 1, "me", text, &contexts[i]);
		pending += verdict == PASSWORD_PENDING;
		busy += verdict == PASSWORD_BUSY;
	}
	assert_int_equal(pending, 5);
	assert_int_equal(busy, 15);
	/* The thread has begun with one at most; the others are given back. */
	password_stop(password);
	for (int i = 0; i < 5; i++) {
		context = password_next(password, &verdict);
		assert_non_null(context);
		assert_int_equal(told[context - contexts]++, 0);
		assert_true(verdict == PASSWORD_BUSY || verdict == PASSWORD_WRONG);
	}
	assert_null(password_next(password, &verdict));
	assert_int_equal(password_judge(password, &user, 1, "me", "x", contexts),
	    PASSWORD_BUSY);
	password_close(password);
	password_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
