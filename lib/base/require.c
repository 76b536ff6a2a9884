/* SPDX-License-Identifier: ISC */
#include "base/require.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void
require_failed(const char *file, int line, const char *function,
    const char *condition)
{
	/* From the C library, so that this calls nothing that has conditions of
	 * its own. */
	const char *program = program_invocation_short_name;

	fprintf(stderr, "%s: %s:%d: %s must hold: %s\n"
	    "%s: this is a bug in the program; please report it with the line above\n",
	    program, file, line, function, condition, program);
	abort();
}
