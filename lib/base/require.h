/* SPDX-License-Identifier: ISC
 *
 * require -- preconditions of functions, checked in releases too. A condition
 * that does not hold is a bug of the program, which would go on to read or
 * write the wrong thing. What comes from outside (input, files, the network)
 * gets errors.
 */
#ifndef BASE_REQUIRE_H
#define BASE_REQUIRE_H

#ifdef __cplusplus
extern "C" {
#endif

/* If the condition does not hold, says so on stderr and aborts. The condition
 * is evaluated once, in every kind of build. */
#define REQUIRE(condition) \
	((condition) ? (void)0 : \
	    require_failed(__FILE__, __LINE__, __func__, #condition))

/* For REQUIRE: prints "PROGRAM: FILE:LINE: FUNCTION must hold: CONDITION" and a
 * line that asks for a report, and raises SIGABRT. */
__attribute__((noreturn, cold)) void require_failed(const char *file, int line,
    const char *function, const char *condition);

#ifdef __cplusplus
}
#endif

#endif
