/* SPDX-License-Identifier: ISC */
#include "base/err.h"
#include "base/require.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef err_set
#undef err_system
#undef err_in

static void PRINTF_LIKE(3, 0)
format_error(struct err *err, int exit_code, const char *format,
    va_list arguments)
{
	REQUIRE(exit_code > 0); /* 0 would be a success */
	err->exit_code = exit_code;
	vsnprintf(err->text, sizeof(err->text), format, arguments);
}

int
err_set(struct err *err, int exit_code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_error(err, exit_code, format, arguments);
	va_end(arguments);
	return -1;
}

int
err_system(struct err *err, int exit_code, const char *format, ...)
{
	int saved = errno;
	va_list arguments;
	size_t len;

	va_start(arguments, format);
	format_error(err, exit_code, format, arguments);
	va_end(arguments);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s",
	    strerror(saved));
	errno = saved;
	return -1;
}

int
err_in(struct err *err, const char *format, ...)
{
	char where[sizeof(err->text)], what[sizeof(err->text)];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(where, sizeof(where), format, arguments);
	va_end(arguments);
	memcpy(what, err->text, sizeof(what));
	snprintf(err->text, sizeof(err->text), "%.200s: %.300s", where, what);
	return -1;
}
