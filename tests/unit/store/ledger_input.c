/* SPDX-License-Identifier: ISC
 *
 * Inputs of the ledger: which are known again, and how far they were taken.
 */
#include "io/digest.h"
#include "tests/unit/store/ledger_open.h"

static const char text[LEDGER_CHECK_BYTES] = "text of an input";

static struct ledger_input
file_input(size_t prefix_len, bool is_whole, int64_t inode)
{
	return (struct ledger_input){ .name = "a.jsonl", .prefix = text,
		.prefix_len = prefix_len, .is_whole = is_whole, .is_file = true,
		.device = 5, .inode = inode };
}

/* The number of the input's source; 0: it is not known, and was not made. */
static int64_t
number_of(const struct ledger_input *input, bool make)
{
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 7;

	done(ledger_input(ledger, input, make, &source, &wanted_bytes, &err));
	assert_int_equal(wanted_bytes, 0);
	return source != NULL ? ledger_source_no(source) : 0;
}

static void
a_file_is_known_again(void **state)
{
	struct ledger_input input = file_input(2000, false, 9);

	(void)state;
	begin();
	assert_int_equal(number_of(&input, false), 0);
	assert_int_equal(number_of(&input, true), 1);
	assert_int_equal(number_of(&input, false), 1);
	commit();
	close_all();
	open_all();
	begin();
	/* Under whatever name, and when more of it is seen. */
	input.name = "b.jsonl";
	input.prefix_len = 3000;
	assert_int_equal(number_of(&input, false), 1);
	commit();
	says("SELECT kind || ':' || name || ':' || substr(fingerprint, 1, 9) FROM sources",
	    "file:a.jsonl:5-9-1024-");
}

static void
another_file_is_another_input(void **state)
{
	struct ledger_input first = file_input(2000, true, 9), input = first;
	char other[2000] = "text of one more";

	(void)state;
	begin();
	assert_int_equal(number_of(&first, true), 1);
	input.inode = 10;
	assert_int_equal(number_of(&input, false), 0);
	/* What was moved may be a copy, with another inode. */
	input.is_moved = true;
	assert_int_equal(number_of(&input, false), 1);
	input = first;
	input.prefix = other;
	assert_int_equal(number_of(&input, false), 0);
	input.is_moved = true;
	assert_int_equal(number_of(&input, false), 0);
	input = first;
	input.is_file = false;
	assert_int_equal(number_of(&input, false), 0);
	/* A new one that begins alike in every way gets a source of its own. */
	input = first;
	input.is_new = true;
	assert_int_equal(number_of(&input, true), 2);
	assert_int_equal(number_of(&input, true), 3);
	commit();
	says("SELECT substr(fingerprint, -2) <> '-2' FROM sources WHERE no < 3", "1 0");
}

static void
a_stream_is_known_by_its_name(void **state)
{
	struct ledger_input input = { .name = "-", .prefix = text, .prefix_len = 100,
		.is_whole = true };

	(void)state;
	begin();
	assert_int_equal(number_of(&input, true), 1);
	input.inode = 9;
	assert_int_equal(number_of(&input, false), 1);
	input.name = "other";
	assert_int_equal(number_of(&input, false), 0);
	commit();
}

static void
a_short_beginning_is_waited_for(void **state)
{
	struct ledger_input input = file_input(100, false, 9);
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 0;

	(void)state;
	begin();
	done(ledger_input(ledger, &input, true, &source, &wanted_bytes, &err));
	assert_null(source);
	assert_int_equal(wanted_bytes, LEDGER_PREFIX_BYTES);
	says("SELECT count(*) FROM sources", "0");
	/* That is all there is. */
	input.is_whole = true;
	assert_int_equal(number_of(&input, true), 1);
	/* It has grown. */
	input = file_input(500, true, 9);
	assert_int_equal(number_of(&input, false), 1);
	says("SELECT prefix_bytes FROM sources", "500");
	input = file_input(2000, false, 9);
	assert_int_equal(number_of(&input, false), 1);
	says("SELECT prefix_bytes FROM sources", "1024");
	/* A shorter one is not the same any more. */
	input = file_input(500, true, 9);
	assert_int_equal(number_of(&input, false), 0);
	commit();
}

/* Keeps that the input was taken up to there. */
static void
check(const struct ledger_input *input, int64_t until)
{
	struct ledger_source *source = NULL;
	size_t wanted_bytes;

	done(ledger_input(ledger, input, true, &source, &wanted_bytes, &err));
	assert_non_null(source);
	done(ledger_check(ledger, source, input, until, &err));
}

static void
what_was_taken_must_be_the_same(void **state)
{
	struct ledger_input input = file_input(5000, true, 9);
	static char other[5000] = "text of an input";
	struct ledger_source *source = NULL;
	size_t wanted_bytes = 0;

	(void)state;
	begin();
	check(&input, 4000);
	/* It differs after what was taken. */
	other[4000] = 'x';
	input.prefix = other;
	assert_int_equal(number_of(&input, false), 1);
	/* It differs in what was taken. */
	other[3999] = 'x';
	assert_int_equal(number_of(&input, false), 0);
	/* Too little is known to say; then, that there is no more of it. */
	input = file_input(3000, false, 9);
	done(ledger_input(ledger, &input, false, &source, &wanted_bytes, &err));
	assert_null(source);
	assert_int_equal(wanted_bytes, 4000);
	input.is_whole = true;
	assert_int_equal(number_of(&input, false), 0);
	/* What was checked never becomes less, nor more than was seen. */
	input = file_input(5000, true, 9);
	check(&input, 1000);
	says("SELECT check_bytes FROM sources", "4000");
	check(&input, 9000);
	says("SELECT check_bytes FROM sources", "5000");
	commit();
}

static void
how_far_an_input_was_taken(void **state)
{
	struct ledger_input input = file_input(2000, false, 9);
	struct ledger_source *source = NULL;
	struct ledger_taken taken;
	char hex[DIGEST_HEX_SIZE];
	size_t wanted_bytes;

	(void)state;
	begin();
	done(ledger_input(ledger, &input, true, &source, &wanted_bytes, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 0);
	assert_int_equal(taken.lines, 0);
	assert_int_equal(taken.tail_bytes, 0);
	assert_string_equal(taken.tail_sha256, "");
	done(ledger_set_taken(ledger, source, 500, 7, text, 10, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 500);
	assert_int_equal(taken.lines, 7);
	assert_int_equal(taken.tail_bytes, 10);
	digest_of(text, 10, hex);
	assert_string_equal(taken.tail_sha256, hex);
	/* Of a long tail the last part counts. */
	done(ledger_set_taken(ledger, source, 3000, 9, text, 1030, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.tail_bytes, LEDGER_TAIL_BYTES);
	digest_of(text + 6, LEDGER_TAIL_BYTES, hex);
	assert_string_equal(taken.tail_sha256, hex);
	/* It never goes back. */
	done(ledger_set_taken(ledger, source, 2999, 8, text, 1, &err));
	done(ledger_taken(ledger, source, &taken, &err));
	assert_int_equal(taken.bytes, 3000);
	assert_int_equal(taken.lines, 9);
	commit();
}

static void
what_cannot_have_been_taken_is_refused(void **state)
{
	static const char *const changes[] = { "taken_bytes = -1, tail_bytes = 0",
		"taken_lines = -1", "tail_bytes = -1", "tail_bytes = 1025", "taken_bytes = 9" };
	struct ledger_source *source;
	struct ledger_taken taken;

	(void)state;
	begin();
	producer("a");
	commit();
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char sql[200];

		begin();
		done(ledger_numbered(ledger, 1, &source, &err));
		done(ledger_set_taken(ledger, source, 5000, 7, text, 10, &err));
		snprintf(sql, sizeof(sql), "UPDATE sources SET %s", changes[i]);
		done(db_run(db, sql, &err));
		assert_int_equal(ledger_taken(ledger, source, &taken, &err), -1);
		assert_int_equal(err.exit_code, EXIT_DATA);
		roll_back();
	}
}

static void
the_source_of_an_archived_event(void **state)
{
	static const char name[] = "file:a:b.jsonl:5-9-10-ff";
	struct ledger_source *source = NULL, *again = NULL;

	(void)state;
	begin();
	assert_int_equal(ledger_named(ledger, name, strlen(name), &source, &err), 1);
	assert_int_equal(ledger_source_no(source), 1);
	assert_int_equal(ledger_named(ledger, name, strlen(name), &again, &err), 1);
	assert_ptr_equal(again, source);
	assert_int_equal(ledger_named(ledger, "file:a", 6, &again, &err), 0);
	assert_int_equal(ledger_named(ledger, "stream:a:ff", 11, &again, &err), 1);
	assert_int_equal(ledger_source_no(again), 2);
	assert_int_equal(ledger_named(ledger, "stream:b:ff", 11, &again, &err), 1);
	assert_int_equal(ledger_source_no(again), 3);
	assert_int_equal(ledger_named(ledger, name, strlen(name), &again, &err), 1);
	assert_ptr_equal(again, source);
	done(ledger_numbered(ledger, 2, &again, &err));
	assert_int_equal(ledger_source_no(again), 2);
	commit();
	says("SELECT kind || '|' || name || '|' || fingerprint FROM sources",
	    "file|a:b.jsonl|5-9-10-ff stream|a|ff stream|b|ff");
}

/* The archive was restored before the file itself came again. */
static void
an_input_takes_the_source_that_an_archive_named(void **state)
{
	struct ledger_input input = file_input(10, true, 9);
	struct ledger_source *source = NULL;
	char hex[DIGEST_HEX_SIZE], name[200];

	(void)state;
	digest_of(text, 10, hex);
	snprintf(name, sizeof(name), "file:a.jsonl:5-9-10-%s", hex);
	begin();
	assert_int_equal(ledger_named(ledger, name, strlen(name), &source, &err), 1);
	ledger_take(ledger, source, 0, 10);
	commit();
	begin();
	assert_int_equal(number_of(&input, true), 1);
	done(ledger_numbered(ledger, 1, &source, &err));
	assert_true(ledger_has(source, 9));
	commit();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_known_again),
		TEST(another_file_is_another_input),
		TEST(a_stream_is_known_by_its_name),
		TEST(a_short_beginning_is_waited_for),
		TEST(what_was_taken_must_be_the_same),
		TEST(how_far_an_input_was_taken),
		TEST(what_cannot_have_been_taken_is_refused),
		TEST(the_source_of_an_archived_event),
		TEST(an_input_takes_the_source_that_an_archive_named),
	};

	return cmocka_run_group_tests_name("ledger_input", tests, NULL, NULL);
}
