/* SPDX-License-Identifier: ISC
 *
 * Lines of a work list: the items that they make, and the messages for wrong
 * lines.
 */
#include "fetch/work_item.h"
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEX "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCD"
#define HEX_LOWER "0123456789abcdefabcdef0123456789abcdefabcdef0123456789abcdefabcd"
#define URLS "\"urls\":[{\"url\":\"https://h/\"}]"

static struct json_parser *parser;
static const struct url_hash no_key;
static struct err err;

static int
open_parser(void **state)
{
	(void)state;
	parser = json_open(1 << 20);
	return 0;
}

static int
close_parser(void **state)
{
	(void)state;
	json_close(parser);
	return 0;
}

/* Reads a copy of the line that ends where the parser may read no further. */
static struct work_item *
read_line(const char *line, size_t len)
{
	char *copy = calloc(1, len + JSON_PADDING);
	struct work_item *item = NULL;

	memcpy(copy, line, len);
	if (work_item_read(&item, parser, &no_key, copy, len, &err) < 0)
		assert_null(item);
	else
		assert_non_null(item);
	free(copy);
	return item;
}

static struct work_item *
item_of(const char *line)
{
	struct work_item *item = read_line(line, strlen(line));

	if (item == NULL)
		fail_msg("%s: %s", line, err.text);
	return item;
}

static void
refused(const char *line, const char *words)
{
	assert_null(read_line(line, strlen(line)));
	assert_string_equal(err.text, words);
	assert_int_equal(err.exit_code, EXIT_DATA);
}

static void
candidate_is(const struct work_candidate *candidate, const char *url, const char *resolver,
    const char *tier, enum role role)
{
	assert_string_equal(candidate->url, url);
	assert_string_equal(candidate->resolver, resolver);
	assert_string_equal(candidate->tier, tier);
	assert_int_equal(candidate->role, role);
}

static void
an_item_with_everything(void **state)
{
	struct work_item *item = item_of("{\"id\":\"doi:10/x\",\"urls\":["
	    "{\"url\":\"https://a.example/1\",\"resolver\":\"crossref\",\"tier\":\"one\","
	    "\"role\":\"landing\"},{\"url\":\"http://b.example/2?q=a,b]\"}],"
	    "\"sha256\":\"" HEX "\",\"kind\":\"PDF\",\"size_max_bytes\":9223372036854775807,"
	    "\"work_id\":\"w\",\"more\":{\"urls\":[1]}}");

	(void)state;
	assert_string_equal(item->id, "doi:10/x");
	assert_string_equal(item->work_id, "w");
	assert_string_equal(item->sha256, HEX_LOWER);
	assert_true(item->is_pdf);
	assert_true(item->size_max_bytes == INT64_MAX);
	assert_int_equal(item->candidate_count, 2);
	candidate_is(&item->candidates[0], "https://a.example/1", "crossref", "one", ROLE_landing);
	candidate_is(&item->candidates[1], "http://b.example/2?q=a,b]", "direct", "direct",
	    ROLE_artifact);
	work_item_close(item);
	work_item_close(NULL);
}

static void
an_item_with_what_is_needed(void **state)
{
	static const char *const lines[] = { "{\"id\":\"a\"," URLS "}",
		("{" URLS ",\"id\":\"a\",\"sha256\":null,\"kind\":null,\"size_max_bytes\":null,"
		 "\"work_id\":null}"),
		("{\"id\":\"a\",\"kind\":\"pdf2\",\"urls\":[{\"url\":\"https://h/\",\"role\":null,"
		 "\"tier\":null,\"resolver\":null}]}") };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct work_item *item = item_of(lines[i]);

		assert_string_equal(item->id, "a");
		assert_null(item->work_id);
		assert_string_equal(item->sha256, "");
		assert_false(item->is_pdf);
		assert_int_equal(item->size_max_bytes, 0);
		assert_int_equal(item->line, 0);
		assert_int_equal(item->candidate_count, 1);
		candidate_is(&item->candidates[0], "https://h/", "direct", "direct", ROLE_artifact);
		work_item_close(item);
	}
}

static void
each_role_is_known(void **state)
{
	static const enum role roles[] = { ROLE_metadata, ROLE_landing, ROLE_artifact };

	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		struct work_item *item;
		char line[200];

		snprintf(line, sizeof(line), "{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/\","
		    "\"role\":\"%s\"}]}", role_word(roles[i]));
		item = item_of(line);
		assert_int_equal(item->candidates[0].role, roles[i]);
		work_item_close(item);
	}
}

/* The id is the SHA-256 of the URL: `printf %s https://h/a | sha256sum`. */
static void
a_plain_url(void **state)
{
	struct work_item *item = item_of("https://h/a");

	(void)state;
	assert_string_equal(item->id,
	    "616e3352b314cc4b59220a28abeeed9d79b809ae62ec3e54b7daebd2c8de26ac");
	assert_int_equal(item->candidate_count, 1);
	candidate_is(&item->candidates[0], "https://h/a", "direct", "direct", ROLE_artifact);
	assert_string_equal(item->sha256, "");
	assert_null(item->work_id);
	work_item_close(item);
	item = item_of("HTTP://h/a");
	assert_string_equal(item->candidates[0].url, "HTTP://h/a");
	work_item_close(item);
}

static void
lines_of_neither_kind(void **state)
{
	static const char neither[] = "neither a JSON object nor an http or https URL";

	(void)state;
	refused("", neither);
	refused("http:/", neither);
	refused("http:/h/", neither);
	refused("https:/h/", neither);
	refused("ftp://h/", neither);
	refused(" https://h/", neither);
	refused("[]", neither);
	refused("\"https://h/\"", neither);
}

static void
urls_that_are_none(void **state)
{
	(void)state;
	refused("https://h/a b", "a URL has no blanks; write %20");
	refused("https://h/a\tb", "a URL has no control characters");
	assert_null(read_line("https://h/a\0b", 13));
	assert_string_equal(err.text, "a URL has no control characters");
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/a b\"}]}",
	    "urls[0]: url: a URL has no blanks; write %20");
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"ftp://h/\"}]}",
	    "urls[0]: url: not an http or https URL");
	assert_null(read_line("https://", 8));
	assert_int_equal(err.exit_code, EXIT_DATA);
}

static void
members_that_are_wrong(void **state)
{
	static const char hex[] = "sha256: must be 64 hexadecimal digits";
	static const char size[] = "size_max_bytes: must be a whole number of at least 1";

	(void)state;
	refused("{" URLS "}", "id: is missing");
	refused("{\"id\":null," URLS "}", "id: is missing");
	refused("{\"id\":1," URLS "}", "id: must be text");
	refused("{\"id\":\"\"," URLS "}", "id: must have 1 to 1024 bytes, has 0");
	refused("{\"id\":\"a\\u0000\"," URLS "}", "id: has a control character in it");
	refused("{\"id\":\"a\\u001f\"," URLS "}", "id: has a control character in it");
	refused("{\"id\":\"a\",\"work_id\":[]," URLS "}", "work_id: must be text");
	refused("{\"id\":\"a\",\"kind\":1," URLS "}", "kind: must be text");
	refused("{\"id\":\"a\",\"sha256\":\"0" HEX "\"," URLS "}", hex);
	refused("{\"id\":\"a\",\"sha256\":\"" HEX "g\"," URLS "}", hex);
	refused("{\"id\":\"a\",\"sha256\":\"abc\"," URLS "}", hex);
	refused("{\"id\":\"a\",\"sha256\":\"g123456789abcdefabcdef0123456789abcdefabcdef"
	    "0123456789abcdefabcd\"," URLS "}", hex);
	refused("{\"id\":\"a\",\"size_max_bytes\":0," URLS "}", size);
	refused("{\"id\":\"a\",\"size_max_bytes\":1.5," URLS "}", size);
	refused("{\"id\":\"a\",\"size_max_bytes\":\"1\"," URLS "}", size);
	assert_null(read_line("{\"id\":\"a\"", 9));
	assert_int_equal(strncmp(err.text, "byte ", 5), 0);
}

static void
lists_of_urls_that_are_wrong(void **state)
{
	static const char object[] = "urls[0]: must be an object such as "
	    "{\"url\":\"https://...\"}";
	static const char array[] = "urls: must be an array of objects such as "
	    "{\"url\":\"https://...\"}";

	(void)state;
	refused("{\"id\":\"a\"}", "urls: is missing");
	refused("{\"id\":\"a\",\"urls\":[]}", "urls: empty");
	refused("{\"id\":\"a\",\"urls\":null}", array);
	refused("{\"id\":\"a\",\"urls\":\"https://h/\"}", array);
	refused("{\"id\":\"a\",\"urls\":{\"url\":\"https://h/\"}}", array);
	refused("{\"id\":\"a\",\"urls\":[\"https://h/\"]}", object);
	refused("{\"id\":\"a\",\"urls\":[null]}", object);
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/\"},{\"tier\":\"a\"}]}",
	    "urls[1]: url: is missing");
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/\",\"tier\":1}]}",
	    "urls[0]: tier: must be text");
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/\",\"resolver\":\"\"}]}",
	    "urls[0]: resolver: must have 1 to 1024 bytes, has 0");
	refused("{\"id\":\"a\",\"urls\":[{\"url\":\"https://h/\",\"role\":\"Landing\"}]}",
	    "urls[0]: role: 'Landing' is not metadata, landing or artifact");
}

static void
limits_are_kept(void **state)
{
	struct buf line = BUF_EMPTY;
	struct work_item *item;

	(void)state;
	for (int count = WORK_ITEM_MAX_CANDIDATES; count <= WORK_ITEM_MAX_CANDIDATES + 1;
	    count++) {
		buf_reset(&line);
		buf_add_text(&line, "{\"id\":\"a\",\"urls\":[");
		for (int i = 0; i < count; i++)
			buf_printf(&line, "%s{\"url\":\"https://h/%d\"}", i > 0 ? "," : "", i);
		buf_add_text(&line, "]}");
		item = read_line(line.data, line.len);
		if (count > WORK_ITEM_MAX_CANDIDATES) {
			assert_null(item);
			assert_string_equal(err.text, "urls: more than 100");
			continue;
		}
		assert_int_equal(item->candidate_count, count);
		assert_string_equal(item->candidates[99].url, "https://h/99");
		work_item_close(item);
	}
	for (int len = WORK_ITEM_MAX_TEXT_BYTES; len <= WORK_ITEM_MAX_TEXT_BYTES + 1; len++) {
		buf_reset(&line);
		buf_printf(&line, "{\"id\":\"%0*d\"," URLS "}", len, 1);
		item = read_line(line.data, line.len);
		assert_int_equal(item != NULL, len == WORK_ITEM_MAX_TEXT_BYTES);
		work_item_close(item);
	}
	assert_string_equal(err.text, "id: must have 1 to 1024 bytes, has 1025");
	buf_release(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_with_everything),
		cmocka_unit_test(an_item_with_what_is_needed),
		cmocka_unit_test(each_role_is_known),
		cmocka_unit_test(a_plain_url),
		cmocka_unit_test(lines_of_neither_kind),
		cmocka_unit_test(urls_that_are_none),
		cmocka_unit_test(members_that_are_wrong),
		cmocka_unit_test(lists_of_urls_that_are_wrong),
		cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests_name("work_item", tests, open_parser, close_parser);
}
