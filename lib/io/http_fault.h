/* SPDX-License-Identifier: ISC
 *
 * http_fault -- why no complete answer came, in the few words of word.def that
 * events and decisions need (enum http_fault), made from the many codes of libcurl.
 */
#ifndef IO_HTTP_FAULT_H
#define IO_HTTP_FAULT_H

#include "tel/word.h"

#include <stdbool.h>

/* The fault behind a CURLcode; has_body says whether some of the body came. */
enum http_fault http_fault_of(int code, bool has_body);

#endif
