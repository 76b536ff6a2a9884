/* SPDX-License-Identifier: ISC
 *
 * The tables and conditions of events.
 */
#include "slo/events.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
condition_is(const struct slo_events *events, const char *want)
{
	struct buf out = BUF_EMPTY;

	buf_add_text(&out, "WHERE TRUE");
	slo_events_add_condition(&out, events);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
}

static void
tables_and_types(void **state)
{
	struct slo_events http = { .kind = EVENT_http };
	struct slo_events own = { EVENTS_OTHER, mem_text("it's") };

	(void)state;
	assert_string_equal(slo_events_table(&http), "http_events");
	assert_string_equal(slo_events_table(&own), "other_events");
	assert_string_equal(slo_events_type(&http), "http");
	assert_string_equal(slo_events_type(&own), "it's");
	assert_string_equal(slo_events_kind_name(EVENT_download), "download");
	assert_string_equal(slo_events_kind_name(EVENTS_OTHER), "other");
	condition_is(&http, "WHERE TRUE");
	condition_is(&own, "WHERE TRUE AND type = 'it''s'");
	slo_events_release(&own);
	assert_null(own.type);
	slo_events_release(&http);
}

/* No type of event.def is called as the kind of all others is. */
static void
the_name_other_is_free(void **state)
{
	(void)state;
	assert_int_equal(event_find(EVENTS_OTHER_NAME, sizeof(EVENTS_OTHER_NAME) - 1), -1);
}

static void
which_are_the_same(void **state)
{
	struct slo_events all[] = { { EVENT_http, NULL }, { EVENT_rate, NULL },
		{ EVENTS_OTHER, mem_text("a") }, { EVENTS_OTHER, mem_text("b") } };
	size_t count = sizeof(all) / sizeof(all[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++)
			assert_int_equal(slo_events_are_same(&all[i], &all[k]), i == k);
	for (size_t i = 0; i < count; i++)
		slo_events_release(&all[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_and_types),
		cmocka_unit_test(the_name_other_is_free),
		cmocka_unit_test(which_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
