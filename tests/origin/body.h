/* SPDX-License-Identifier: ISC
 *
 * body -- a body that the test origin sends whole, in part or damaged, as the parameters of
 * the request say.
 */
#ifndef TESTS_ORIGIN_BODY_H
#define TESTS_ORIGIN_BODY_H

#include "tests/origin/request.h"

#include <time.h>

struct body;

/* Returns a body of size bytes: of the file fd, which it then owns, or made from the
 * parameter seed when fd is -1. body_send takes it over. */
struct body *body_new(const struct request *request, int fd, int64_t size);

/* Answers with the body, a range of it, or 304. Logs the request. */
enum MHD_Result body_send(const struct request *request, struct body *body, time_t modified,
    int64_t at_ns);

#endif
