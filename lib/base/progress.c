/* SPDX-License-Identifier: ISC */
#include "base/progress.h"
#include "base/log.h"
#include "base/tim.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define MIN_INTERVAL_NS 100000000

void
progress_show(struct progress *progress, const char *format, ...)
{
	int64_t now_ns = tim_monotonic_ns();
	va_list arguments;

	if (now_ns - progress->shown_ns < MIN_INTERVAL_NS ||
	    log_get_level() < LOG_WARNING || isatty(STDERR_FILENO) == 0)
		return;
	progress->shown_ns = now_ns;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
}

void
progress_end(struct progress *progress)
{
	if (progress->shown_ns != 0)
		fputs("\r\033[K", stderr);
	progress->shown_ns = 0;
}
