/* SPDX-License-Identifier: ISC
 *
 * opt_private -- what opt.c (the words of a command line), opt_value.c (the values of
 * options) and opt_help.c (--help) share; other modules do not include it.
 */
#ifndef BASE_OPT_PRIVATE_H
#define BASE_OPT_PRIVATE_H

#include "base/opt.h"

/* Writes text, the value that was given, to the member of run. text is NULL for a flag,
 * and is otherwise borrowed. EXIT_USAGE when the option does not take that value. */
MUST_USE int opt_set(const struct opt *option, struct run *run, const char *text,
    struct err *err);

/* Prints the --help of the program on stdout. */
void opt_print_help(const struct opt_program *program);

#endif
