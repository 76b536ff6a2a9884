/* SPDX-License-Identifier: ISC */
#include "base/tim.h"
#include "base/num.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t
tim_file_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
tim_now_ms(void)
{
	const char *set = getenv("TEL_NOW_MS");
	int64_t value;

	if (set != NULL && num_integer(set, 0, TIM_MAX_MS, &value) == 0)
		return value;
	return tim_file_ms();
}

int64_t
tim_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
split_time(int64_t at_ms, struct tm *tm, int *ms)
{
	time_t seconds;

	if (at_ms < 0)
		at_ms = 0;
	if (at_ms > TIM_MAX_MS)
		at_ms = TIM_MAX_MS;
	seconds = (time_t)(at_ms / 1000);
	*ms = (int)(at_ms % 1000);
	gmtime_r(&seconds, tm);
}

void
tim_print(char *out, int64_t at_ms)
{
	struct tm tm;
	char text[TIM_TEXT_SIZE];
	int ms;

	split_time(at_ms, &tm, &ms);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, TIM_TEXT_SIZE, "%.24s.%03dZ", text, ms);
}

void
tim_print_day(char *out, int64_t at_ms)
{
	struct tm tm;
	int ms;

	split_time(at_ms, &tm, &ms);
	strftime(out, TIM_TEXT_SIZE, "%Y-%m-%d", &tm);
}

/* Reads a number of exactly width digits, at most max, and moves *text past it. */
static int
read_digits(const char **text, int width, int max, int *out)
{
	int value = 0;

	for (int i = 0; i < width; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return -1;
		value = value * 10 + (**text - '0');
	}
	if (value > max)
		return -1;
	*out = value;
	return 0;
}

/* Reads "", ".5" or ".123456" as ms; further digits are cut off. */
static int
read_fraction(const char **text, int *ms)
{
	int place = 100, seen = 0;

	*ms = 0;
	if (**text != '.')
		return 0;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, seen++) {
		*ms += (**text - '0') * place;
		place /= 10;
	}
	return seen > 0 ? 0 : -1;
}

/* Reads "", "Z", "+02:00" or "-0530" as minutes east of UTC. */
static int
read_zone(const char **text, int *minutes)
{
	int sign, hour, minute;

	*minutes = 0;
	if (**text == 'Z' || **text == 'z') {
		(*text)++;
		return 0;
	}
	if (**text != '+' && **text != '-')
		return 0;
	sign = *(*text)++ == '-' ? -1 : 1;
	if (read_digits(text, 2, 23, &hour) < 0)
		return -1;
	if (**text == ':')
		(*text)++;
	if (read_digits(text, 2, 59, &minute) < 0)
		return -1;
	*minutes = sign * (hour * 60 + minute);
	return 0;
}

static int
read_clock_time(const char **text, struct tm *tm, int *ms, int *minutes)
{
	*ms = *minutes = 0;
	if (**text == '\0')
		return 0;
	if (**text != 'T' && **text != 't' && **text != ' ')
		return -1;
	(*text)++;
	if (read_digits(text, 2, 23, &tm->tm_hour) < 0 || *(*text)++ != ':' ||
	    read_digits(text, 2, 59, &tm->tm_min) < 0)
		return -1;
	if (**text == ':') {
		(*text)++;
		if (read_digits(text, 2, 60, &tm->tm_sec) < 0 ||
		    read_fraction(text, ms) < 0)
			return -1;
	}
	return read_zone(text, minutes);
}

/* Returns how many days a month, 1 to 12, of the Gregorian calendar has. */
static int
days_of(int year, int month)
{
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month == 2)
		return is_leap ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static int
read_calendar_time(const char *text, int64_t *out_ms)
{
	struct tm tm = { 0 };
	int year, month, ms, minutes;
	int64_t seconds;

	if (read_digits(&text, 4, 9999, &year) < 0 || *text++ != '-' ||
	    read_digits(&text, 2, 12, &month) < 0 || *text++ != '-' ||
	    read_digits(&text, 2, 31, &tm.tm_mday) < 0 ||
	    month == 0 || tm.tm_mday == 0 ||
	    tm.tm_mday > days_of(year, month))
		return -1;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	if (read_clock_time(&text, &tm, &ms, &minutes) < 0 || *text != '\0')
		return -1;
	seconds = (int64_t)timegm(&tm) - INT64_C(60) * minutes;
	if (seconds < 0 || seconds > TIM_MAX_MS / 1000)
		return -1;
	*out_ms = seconds * 1000 + ms;
	return 0;
}

int
tim_parse(const char *text, int64_t now_ms, int64_t *out_ms)
{
	int64_t value;

	if (strcmp(text, "now") == 0) {
		*out_ms = now_ms;
		return 0;
	}
	if (text[0] == '-' && num_duration_ms(text + 1, &value) == 0) {
		if (value > now_ms)
			return -1;
		*out_ms = now_ms - value;
		return 0;
	}
	if (strlen(text) > 8 && num_integer(text, 0, TIM_MAX_MS, &value) == 0) {
		*out_ms = value;
		return 0;
	}
	return read_calendar_time(text, out_ms);
}
