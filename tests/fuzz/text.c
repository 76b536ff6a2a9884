/* SPDX-License-Identifier: ISC
 *
 * text -- any text as a number, duration, size, time or limit: a value that is
 * accepted stays the same when it is printed and read again.
 */
#include "base/mem.h"
#include "base/num.h"
#include "base/tim.h"
#include "tel/event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1500000000000)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static void
check_real(const char *text)
{
	char printed[NUM_REAL_SIZE];
	double value, again;

	if (num_real(text, &value) < 0)
		return;
	need(num_print_real(printed, value) < sizeof(printed));
	need(num_real(printed, &again) == 0 && value == again &&
	    signbit(value) == signbit(again));
}

static void
check_time(const char *text)
{
	char printed[TIM_TEXT_SIZE];
	int64_t ms, again;

	if (tim_parse(text, NOW_MS, &ms) < 0)
		return;
	need(ms >= 0 && ms <= TIM_MAX_MS);
	tim_print(printed, ms);
	need(tim_parse(printed, NOW_MS, &again) == 0 && again == ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = mem_text_of((const char *)bytes, len);
	int64_t value;

	if (num_integer(text, -100, 100, &value) == 0)
		need(value >= -100 && value <= 100);
	if (num_duration_ms(text, &value) == 0 || num_size_bytes(text, &value) == 0)
		need(value >= 0);
	check_real(text);
	check_time(text);
	event_limits_hex("16", text, strlen(text));
	need(!event_limits_choice("a|bc|d", text, strlen(text)) || strlen(text) <= 2);
	need(event_find(text, strlen(text)) < EVENT_KIND_COUNT);
	free(text);
	return 0;
}
