/* SPDX-License-Identifier: ISC */
#include "io/accept.h"
#include "tests/unit/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define OM "application/openmetrics-text"
#define V242 OM ";version=1.0.0," OM ";version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5," \
	"*/*;q=0.1"
#define V3 OM ";version=1.0.0;escaping=allow-utf-8;q=0.5," OM ";version=0.0.1;q=0.4," \
	"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2," \
	"*/*;q=0.1"
#define PROTOBUF "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;" \
	"encoding=delimited;q=0.6,"

static void
test_formats(void **state)
{
	static const struct {
		const char *accept;
		enum accept_format format;
	} cases[] = {
		{ NULL, ACCEPT_TEXT },
		{ "", ACCEPT_TEXT },
		{ "*/*", ACCEPT_TEXT },
		{ "*/*;q=0", ACCEPT_TEXT },
		{ "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ACCEPT_TEXT },
		{ "image/png", ACCEPT_TEXT },
		{ V242, ACCEPT_OPENMETRICS },
		{ V3, ACCEPT_OPENMETRICS },
		{ PROTOBUF V3, ACCEPT_OPENMETRICS },
		{ OM, ACCEPT_OPENMETRICS },
		{ OM ";version=0.0.1", ACCEPT_OPENMETRICS },
		{ OM ";version=7", ACCEPT_OPENMETRICS },
		{ "Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.1", ACCEPT_OPENMETRICS },
		{ "text/plain;version=0.0.4", ACCEPT_TEXT },
		{ "text/plain;q=0.5," OM ";q=0.4", ACCEPT_TEXT },
		{ "text/plain;q=0.4," OM ";q=0.5", ACCEPT_OPENMETRICS },
		{ "text/plain;q=0.500," OM ";q=0.5", ACCEPT_TEXT },
		{ OM ";q=0.5,text/plain;q=0.5", ACCEPT_OPENMETRICS },
		{ OM ",*/*", ACCEPT_OPENMETRICS },
		{ "*/*," OM, ACCEPT_OPENMETRICS },
		{ OM ";q=0.5,*/*;q=0.8", ACCEPT_TEXT },
		{ OM ";q=0", ACCEPT_TEXT },
		{ OM ";q=0.000,*/*", ACCEPT_TEXT },
		{ OM ";version=1.0.0;q=0," OM ";version=0.0.1", ACCEPT_TEXT },
		{ "text/plain;q=0," OM ";q=0.001", ACCEPT_OPENMETRICS },
		{ "text/plain;q=0,*/*", ACCEPT_OPENMETRICS },
		{ "text/*;q=0,*/*;q=0.5", ACCEPT_OPENMETRICS },
		{ "application/*", ACCEPT_OPENMETRICS },
		{ "application/*,text/*;q=0.1", ACCEPT_TEXT },
		/* What is not understood is left out. */
		{ OM ";q=1.5,text/plain;q=0.1", ACCEPT_TEXT },
		{ OM ";q=,text/plain;q=0.1", ACCEPT_TEXT },
		{ OM ";q=-1,text/plain;q=0.1", ACCEPT_TEXT },
		{ OM ";q=1.001,text/plain;q=0.1", ACCEPT_TEXT },
		{ OM ";q=0.1234,text/plain;q=0.123", ACCEPT_OPENMETRICS },
		{ ",,;,;q=1," OM ",", ACCEPT_OPENMETRICS },
		/* A comma and a semicolon within quotes separate nothing. */
		{ "text/plain;x=\"," OM ",\";q=0.5", ACCEPT_TEXT },
		{ "text/plain;x=\"\\\"," OM ",\";q=0.5", ACCEPT_TEXT },
		{ "text/plain;x=\"" OM, ACCEPT_TEXT },
		{ OM "x", ACCEPT_TEXT },
		{ "x" OM, ACCEPT_TEXT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (accept_format(cases[i].accept) != cases[i].format)
			fail_msg("%s", cases[i].accept);
}

static void
test_types(void **state)
{
	(void)state;
	assert_string_equal(accept_content_type(ACCEPT_TEXT),
	    "text/plain; version=0.0.4; charset=utf-8");
	assert_string_equal(accept_content_type(ACCEPT_OPENMETRICS),
	    OM "; version=1.0.0; charset=utf-8");
}

static void
test_codings(void **state)
{
	static const struct {
		const char *encodings;
		bool gzip;
	} cases[] = {
		{ NULL, false }, { "", false }, { "gzip", true }, { "GZIP", true },
		{ "x-gzip", true }, { "deflate, gzip;q=0.5", true }, { "gzip;q=0", false },
		{ "gzip;q=0.0", false }, { "gzip;q=0,*", false }, { "*", true },
		{ "*;q=0", false }, { "identity", false }, { "identity,gzip;q=0.5", false },
		{ "identity;q=0.5, gzip;q=0.5", true }, { "identity;q=0", false },
		{ "bgzip", false }, { "gzip2", false }, { "deflate, br", false },
		{ "gzip;q=x", false }, { " gzip ;q=1 ", true }, { "gzip,identity;q=0", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (accept_gzip(cases[i].encodings) != cases[i].gzip)
			fail_msg("%s", cases[i].encodings);
}

static void
test_budgets(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ NULL, -1 }, { "", -1 }, { "x", -1 }, { "-1", -1 }, { "0", -1 }, { "nan", -1 },
		{ "1e999", -1 }, { "10", 9000 }, { "0.8", 720 }, { "0.5", 450 }, { "0.2", 150 },
		{ "0.05", 0 }, { "0.001", 0 }, { "1e300", 3240000 }, { "10s", -1 },
		{ "10, 10", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (accept_budget_ms(cases[i].text) != cases[i].ms)
			fail_msg("%s", cases[i].text);
}

/* The higher weight wins, whatever stands around both, in any order. */
static void
test_weights(void **state)
{
	(void)state;
	random_start();
	for (int i = 0; i < 10000; i++) {
		int text = 1 + (int)random_below(1000), other = 1 + (int)random_below(1000);
		bool is_first = random_below(2) == 0;
		enum accept_format want;
		char accept[256];

		want = other > text || (other == text && is_first) ? ACCEPT_OPENMETRICS
		    : ACCEPT_TEXT;
		if (is_first)
			snprintf(accept, sizeof(accept), "a/b;q=1 , %s;q=%d.%03d, text/plain;"
			    "version=0.0.4;q=%d.%03d,*/*", OM, other / 1000, other % 1000,
			    text / 1000, text % 1000);
		else
			snprintf(accept, sizeof(accept), "*/*,text/plain ;q=%d.%03d,%s;version="
			    "1.0.0;q=%d.%03d,a/b", text / 1000, text % 1000, OM, other / 1000,
			    other % 1000);
		if (accept_format(accept) != want)
			fail_msg("%s", accept);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_budgets),
		cmocka_unit_test(test_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
