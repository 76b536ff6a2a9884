/* SPDX-License-Identifier: ISC
 *
 * role -- what a request is for: the choices of the field `role` of event.def.
 */
#ifndef TEL_ROLE_H
#define TEL_ROLE_H

#include <stddef.h>

/* What is not called anything else. */
#define ROLE_DEFAULT "artifact"

/* The role of that name, valid for ever; NULL when there is none. */
const char *role_find(const char *text, size_t len);

#endif
