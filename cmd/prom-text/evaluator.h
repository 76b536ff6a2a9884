/* SPDX-License-Identifier: ISC
 *
 * evaluator -- the thread that evaluates the database again and again while prom-text
 * serves, so that neither a scrape nor a signal nor the watchdog of systemd waits for it:
 * the first count of many events takes minutes.
 */
#ifndef CMD_PROM_TEXT_EVALUATOR_H
#define CMD_PROM_TEXT_EVALUATOR_H

#include "cmd/prom-text/run.h"
#include "cmd/prom-text/shown.h"

struct evaluator;

/* Opens *out, which the caller closes, and shows a page that says that nothing was
 * evaluated so far. run and shown are borrowed. */
MUST_USE int evaluator_open(struct evaluator **out, struct run *run, struct shown *shown,
    struct err *err);

/* Starts the thread. EXIT_CREATE when there is none to be had. */
MUST_USE int evaluator_start(struct evaluator *evaluator, struct err *err);

/* Whether the thread waits for its next turn, or gets on with one: after an hour without a
 * word it hangs. */
bool evaluator_is_alive(struct evaluator *evaluator);

/* Ends the thread. Returns false when it is in the middle of an evaluation and has not
 * ended after a second: it goes on with what it was given, so that nothing of that may be
 * released before the process ends. What it writes are transactions, which may end
 * anywhere. */
MUST_USE bool evaluator_stop(struct evaluator *evaluator);

void evaluator_close(struct evaluator *evaluator); /* after evaluator_stop; NULL is fine */

#endif
