/* SPDX-License-Identifier: ISC
 *
 * web_settings_private -- what the files of web_settings share.
 */
#ifndef IO_WEB_SETTINGS_PRIVATE_H
#define IO_WEB_SETTINGS_PRIVATE_H

#include "io/web_settings.h"
#include "json/spec.h"

/* Reads the fields of tls_server_config. */
MUST_USE int web_settings_read_tls(struct web_settings *out, const struct spec *spec,
    const struct yaml_node *node);

/* Reads a text that may be blank or null, which means NULL. *out is borrowed. */
MUST_USE int web_settings_text(const struct spec *spec, const struct yaml_node *node,
    const char *field, const char **out);

#endif
