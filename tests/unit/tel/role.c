/* SPDX-License-Identifier: ISC
 *
 * The roles are those of event.def: each of its choices is one, nothing else.
 */
#include "tel/role.h"
#include "tel/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *
limits_of(enum event_kind kind)
{
	const struct event_description *event = &event_descriptions[kind];

	for (size_t i = 0; i < event->field_count; i++)
		if (strcmp(event->fields[i].name, "role") == 0)
			return event->fields[i].limits;
	fail_msg("%s has no field role", event->wire);
	return "";
}

static void
are_those_of_the_events(void **state)
{
	const char *limits = limits_of(EVENT_http);
	size_t count = 0;

	(void)state;
	assert_string_equal(limits, limits_of(EVENT_rate));
	for (const char *p = limits; *p != '\0'; count++) {
		size_t len = strcspn(p, "|");
		const char *role = role_find(p, len);

		assert_non_null(role);
		assert_int_equal(strlen(role), len);
		assert_memory_equal(role, p, len);
		p += len + (p[len] == '|');
	}
	assert_int_equal(count, 3);
	assert_true(event_limits_choice(limits, ROLE_DEFAULT,
	    strlen(ROLE_DEFAULT)));
}

static void
nothing_else_is_one(void **state)
{
	static const char *const others[] = { "", "meta", "metadatas", "Landing",
		"metadata|landing" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_null(role_find(others[i], strlen(others[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_those_of_the_events),
		cmocka_unit_test(nothing_else_is_one),
	};

	return cmocka_run_group_tests_name("role", tests, NULL, NULL);
}
