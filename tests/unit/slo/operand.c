/* SPDX-License-Identifier: ISC
 *
 * The types of expressions: what goes together, and the messages for what does not.
 */
#include "slo/operand.h"
#include "tests/unit/slo/expression_expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
a_condition_is_a_boolean(void **state)
{
	(void)state;
	slip("host", "1: host is a text, not a condition; compare it: "
	    "host = 'example.org'");
	slip("method", "1: method is a text, not a condition; compare it: method = 'GET'");
	slip("status", "1: status is a number, not a condition; compare it: "
	    "status >= 500");
	slip("role", "1: role is a text, not a condition; compare it: role = 'metadata'");
	slip("error", "1: error is a text, not a condition; compare it: error = 'text'");
	slip("not method", "5: method is a text, not a condition; compare it: "
	    "method = 'GET'");
	slip("stale and ((bytes))", "13: bytes is a number, not a condition; compare it: "
	    "bytes > 0");
	slip("status = 1 or 503", "15: 503 is a number, not a condition; compare a "
	    "column with it, or with several in IN (...)");
	slip("'GET' or stale", "1: 'GET' is a text, not a condition; compare a column "
	    "with it, or with several in IN (...)");
	slip("not 0", "5: 0 is a number, not a condition; write FALSE");
	slip("(1)", "2: 1 is a number, not a condition; write TRUE");
	slip("bytes / 2 - 1", "1: bytes / 2 - 1 is a number, not a condition; compare "
	    "it: bytes / 2 - 1 > 0");
	slip("coalesce(host, 'x')", "1: coalesce(host, 'x') is a text, not a condition; "
	    "compare it: coalesce(host, 'x') = 'text'");
	slip("status is true", "1: status is a number, not a condition; compare it: "
	    "status >= 500");
	slip("host is not false", "1: host is a text, not a condition; compare it: "
	    "host = 'example.org'");
	slip("status + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1", "1: status + 1 + 1 + 1 + "
	    "1 + 1 + 1 + 1 + 1 +... is a number, not a condition; compare it: status + "
	    "1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +... > 0");
	refused_as(EXPRESSION_CONDITION, EVENT_span, "status", "'status': character 1: "
	    "status is a text, not a condition; compare it: status = 'unset'");
	written("from_cache or (false)", "(from_cache OR (FALSE))");
	written("not (stale)", "(NOT (stale))");
	written("(status = 1) is true", "((status = 1) IS TRUE)");
	written("coalesce(stale, from_cache)", "(coalesce(stale, from_cache))");
	written("coalesce(0, stale)", "(coalesce(0, stale))");
}

static void
types_are_not_mixed(void **state)
{
	(void)state;
	slip("status = 'abc'", "10: status is a number and 'abc' is a text; compare it: "
	    "status >= 500");
	slip("status = '200'", "10: status is a number and '200' is a text; write 200 "
	    "without quotes");
	slip("'404' = status", "9: '404' is a text and status is a number; write 404 "
	    "without quotes");
	slip("host > 5", "8: host is a text and 5 is a number; write '5' with quotes");
	slip("role = 5", "8: role is a text and 5 is a number; compare it: "
	    "role = 'metadata'");
	slip("status <> host", "11: status is a number and host is a text; compare it: "
	    "status >= 500");
	slip("1 = 'a'", "5: 1 is a number and 'a' is a text; write '1' with quotes");
	slip("stale = 2", "9: stale is a boolean and 2 is a number; compare it: "
	    "stale = TRUE");
	slip("stale = 'no'", "9: stale is a boolean and 'no' is a text; compare it: "
	    "stale = TRUE");
	slip("status = true", "10: status is a number and true is a boolean; compare it: "
	    "status >= 500");
	slip("(host = 'x') = bytes + 1", "16: host = 'x' is a boolean and bytes + 1 is a "
	    "number; only values of one type are compared");
	slip("status in (200, '304')", "17: status is a number and '304' is a text; "
	    "write 304 without quotes");
	slip("host not in ('a', 1)", "19: host is a text and 1 is a number; write '1' "
	    "with quotes");
	slip("coalesce(status, 'none') = 1", "18: status is a number and 'none' is a "
	    "text; coalesce takes values of one type");
	slip("coalesce(0, 2, stale)", "16: 2 is a number and stale is a boolean; "
	    "coalesce takes values of one type");
	slip("host + 1 > 2", "1: host is a text, not a number; + - * and / are for "
	    "numbers");
	slip("2 * -stale > 2", "6: stale is a boolean, not a number; + - * and / are for "
	    "numbers");
	slip("bytes / 'x' > 2", "9: 'x' is a text, not a number; + - * and / are for "
	    "numbers");
	written("from_cache = 1 and 0 <> stale", "(from_cache = 1 AND 0 <> stale)");
	written("from_cache in (0, true, stale)", "(from_cache IN (0, TRUE, stale))");
	written("coalesce(stale, 0) = 1", "(coalesce(stale, 0) = 1)");
	written("stale <> (status = 200)", "(stale <> (status = 200))");
	written("1 = 1 or 'a' < 'b'", "(1 = 1 OR 'a' < 'b')");
}

static void
a_value_is_a_number(void **state)
{
	(void)state;
	refused_as(EXPRESSION_NUMBER, EVENT_http, "host", "'host': character 1: host is a "
	    "text, not a number; tel-events(5) says which columns are numbers");
	refused_as(EXPRESSION_NUMBER, EVENT_http, "status = 1", "'status = 1': character "
	    "1: status = 1 is a boolean, not a number; a condition belongs into 'good' "
	    "or 'bad'");
	refused_as(EXPRESSION_NUMBER, EVENT_observation, "labels", "'labels': character 1: "
	    "labels is a text, not a number; tel-events(5) says which columns are "
	    "numbers");
	number("coalesce(ttfb_ms, 0)", "(coalesce(ttfb_ms, 0))");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_condition_is_a_boolean),
		cmocka_unit_test(types_are_not_mixed),
		cmocka_unit_test(a_value_is_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
