/* SPDX-License-Identifier: ISC */
#include "fetch/rate.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/require.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Requests that leave evenly spaced may arrive closer together, so each window is
 * made longer by the greater of these two. */
#define MARGIN_NS INT64_C(20000000)
#define MARGIN_DIVISOR 100
#define MAX_WINDOW_MS (INT64_C(366) * 86400000)

struct window {
	int64_t count;
	int64_t length_ns; /* margin included */
};

struct rate {
	char *host;       /* lower case */
	enum role role;   /* absent: all */
	struct window windows[RATE_MAX_WINDOWS];
	size_t window_count;
	int64_t *sent_ns; /* ring of the last size sends */
	size_t size;      /* the largest count of the windows */
	size_t next;
	size_t filled;
	int64_t taken_count; /* taken, but not sent yet */
};

/* HOST[.ROLE]: the last label is a role only when it is the name of one, so
 * that 127.0.0.1 and example.org are hosts. */
static int
parse_key(struct rate *rate, const char *text, size_t len, const char *whole,
    struct err *err)
{
	size_t dot = len;

	while (dot > 0 && text[dot - 1] != '.')
		dot--;
	if (dot > 0) {
		rate->role = role_find(text + dot, len - dot);
		if (rate->role != ROLE_ABSENT)
			len = dot - 1;
	}
	if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) != NULL)
		return err_set(err, EXIT_USAGE, "--rate: '%s': write a host "
		    "before '=' without its port", whole);
	if (len == 0)
		return err_set(err, EXIT_USAGE, "--rate: '%s': no host", whole);
	for (size_t i = 0; i < len; i++)
		if (isspace((unsigned char)text[i]) || text[i] == '/')
			return err_set(err, EXIT_USAGE, "--rate: '%s': a host "
			    "is a name or an address, not a URL", whole);
	rate->host = mem_text_of(text, len);
	for (char *p = rate->host; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return 0;
}

/* "s" and "3s" alike. */
static int
parse_length(const char *text, int64_t *out_ms)
{
	char one[16];

	if (isdigit((unsigned char)text[0]))
		return num_duration_ms(text, out_ms);
	if (strlen(text) >= sizeof(one) - 1)
		return -1;
	one[0] = '1';
	memcpy(one + 1, text, strlen(text) + 1);
	return num_duration_ms(one, out_ms);
}

static int
parse_window(struct rate *rate, char *text, const char *whole, struct err *err)
{
	char *slash = strchr(text, '/');
	struct window *window = &rate->windows[rate->window_count];
	int64_t length_ms = 0, margin_ns;

	if (rate->window_count == RATE_MAX_WINDOWS)
		return err_set(err, EXIT_USAGE, "--rate: '%s': more than %d "
		    "windows", whole, RATE_MAX_WINDOWS);
	if (slash == NULL)
		return err_set(err, EXIT_USAGE, "--rate: '%s': '%s' is not of "
		    "the form N/UNIT, such as 3/s, 180/h or 1/3s", whole, text);
	*slash = '\0';
	if (num_integer(text, 1, RATE_MAX_COUNT, &window->count) < 0)
		return err_set(err, EXIT_USAGE, "--rate: '%s': '%s' is not a "
		    "whole number from 1 to %d", whole, text, RATE_MAX_COUNT);
	if (parse_length(slash + 1, &length_ms) < 0 || length_ms < 1 ||
	    length_ms > MAX_WINDOW_MS)
		return err_set(err, EXIT_USAGE, "--rate: '%s': '%s' is not a "
		    "unit (ms, s, m, h, d, w), optionally preceded by a number",
		    whole, slash + 1);
	window->length_ns = length_ms * 1000000;
	margin_ns = window->length_ns / MARGIN_DIVISOR;
	window->length_ns += margin_ns > MARGIN_NS ? margin_ns : MARGIN_NS;
	rate->window_count++;
	if ((size_t)window->count > rate->size)
		rate->size = (size_t)window->count;
	return 0;
}

static int
parse_rate(struct rate *rate, const char *specification, struct err *err)
{
	const char *equals = strchr(specification, '=');
	char *windows, *next, *comma;
	int result = 0;

	if (equals == NULL)
		return err_set(err, EXIT_USAGE, "--rate: '%s' is not of the "
		    "form HOST[.ROLE]=N/UNIT[,N/UNIT]...", specification);
	if (parse_key(rate, specification, (size_t)(equals - specification),
	    specification, err) < 0)
		return -1;
	windows = mem_text(equals + 1);
	for (next = windows; result == 0 && next != NULL; next = comma) {
		comma = strchr(next, ',');
		if (comma != NULL)
			*comma++ = '\0';
		result = parse_window(rate, next, specification, err);
	}
	free(windows);
	return result;
}

int
rate_open(struct rate **out, const char *specification, struct err *err)
{
	struct rate *rate = mem_new(1, sizeof(*rate));

	if (parse_rate(rate, specification, err) < 0) {
		rate_close(rate);
		return -1;
	}
	rate->sent_ns = mem_new(rate->size, sizeof(rate->sent_ns[0]));
	*out = rate;
	return 0;
}

void
rate_close(struct rate *rate)
{
	if (rate == NULL)
		return;
	free(rate->host);
	free(rate->sent_ns);
	free(rate);
}

bool
rate_applies(const struct rate *rate, const char *host, enum role role)
{
	REQUIRE(role != ROLE_ABSENT);
	return strcmp(rate->host, host) == 0 &&
	    (rate->role == ROLE_ABSENT || rate->role == role);
}

int64_t
rate_earliest(const struct rate *rate, int64_t now_ns)
{
	int64_t earliest = now_ns;

	for (size_t i = 0; i < rate->window_count; i++) {
		const struct window *window = &rate->windows[i];
		size_t back; /* the send that must lie outside the window */
		int64_t at;

		if (rate->taken_count >= window->count)
			return RATE_UNKNOWN;
		back = (size_t)(window->count - rate->taken_count);
		if (back > rate->filled)
			continue;
		at = rate->sent_ns[(rate->next + rate->size - back) %
		    rate->size] + window->length_ns;
		if (at > earliest)
			earliest = at;
	}
	return earliest;
}

void
rate_take(struct rate *rate)
{
	rate->taken_count++;
}

void
rate_sent(struct rate *rate, int64_t at_ns)
{
	REQUIRE(rate->taken_count > 0);
	REQUIRE(rate->filled == 0 || at_ns >=
	    rate->sent_ns[(rate->next + rate->size - 1) % rate->size]);
	rate->taken_count--;
	rate->sent_ns[rate->next] = at_ns;
	rate->next = (rate->next + 1) % rate->size;
	if (rate->filled < rate->size)
		rate->filled++;
}
