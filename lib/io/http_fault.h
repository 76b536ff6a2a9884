/* SPDX-License-Identifier: ISC
 *
 * http_fault -- why no complete answer came: the many codes of libcurl,
 * reduced to the few faults that events and decisions distinguish.
 */
#ifndef IO_HTTP_FAULT_H
#define IO_HTTP_FAULT_H

#include "tel/word.h"

#include <stdbool.h>

/* Returns the fault for a CURLcode; has_body says whether some of the body came. */
enum http_fault http_fault_of(int code, bool has_body);

#endif
