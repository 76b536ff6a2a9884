/* SPDX-License-Identifier: ISC
 *
 * require -- what must hold at the door of a function, in releases too. When it
 * does not, the mistake is ours: going on would read or write what is not meant.
 * For what comes from outside (input, files, the network) there are errors.
 */
#ifndef BASE_REQUIRE_H
#define BASE_REQUIRE_H

#ifdef __cplusplus
extern "C" {
#endif

/* Says on stderr which condition of which function does not hold, and aborts. The
 * condition is always evaluated, once. */
#define REQUIRE(condition) \
	((condition) ? (void)0 : \
	    require_failed(__FILE__, __LINE__, __func__, #condition))

/* For REQUIRE: "PROGRAM: FILE:LINE: FUNCTION must hold: CONDITION", a line that asks
 * for a report, SIGABRT. */
__attribute__((noreturn, cold)) void require_failed(const char *file, int line,
    const char *function, const char *condition);

#ifdef __cplusplus
}
#endif

#endif
