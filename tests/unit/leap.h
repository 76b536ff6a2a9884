/* SPDX-License-Identifier: ISC
 *
 * leap -- a clock that a test moves forward, so that the test need not wait for a time
 * limit. This function replaces that of the C library.
 */
#ifndef TESTS_UNIT_LEAP_H
#define TESTS_UNIT_LEAP_H

#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t leap_seconds;  /* the clock is so far ahead, */
static int leap_calls = -1;   /* from the call after so many more on; -1: never */

/* The linker takes it for the C library's, by this name. */
int leaping_clock(clockid_t clock, struct timespec *time) __asm__("clock_gettime");

int
leaping_clock(clockid_t clock, struct timespec *time)
{
	int result = (int)syscall(SYS_clock_gettime, clock, time);

	if (leap_calls > 0)
		leap_calls--;
	else if (leap_calls == 0)
		time->tv_sec += leap_seconds;
	return result;
}

#endif
