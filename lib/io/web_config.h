/* SPDX-License-Identifier: ISC
 *
 * web_config -- a web configuration file with the certificates that it names, read again
 * when one of them has changed. What cannot be used changes nothing: the last good state
 * stays, with a word of what is wrong. Names of files are relative to the folder of the
 * configuration. Used by one thread.
 */
#ifndef IO_WEB_CONFIG_H
#define IO_WEB_CONFIG_H

#include "io/web_settings.h"

struct web_config;

/* Reads the file into *out, which the caller closes. EXIT_NO_INPUT when it cannot be
 * opened, EXIT_CONFIG with file and line when it or a file that it names is wrong. */
MUST_USE int web_config_open(struct web_config **out, const char *path, struct err *err);
void web_config_close(struct web_config *config); /* NULL is fine */

/* Reads the files again if one has changed. A change that switches TLS on or off is
 * refused like one that is wrong: it needs a new start. */
void web_config_refresh(struct web_config *config);

/* The state, borrowed until the next web_config_refresh. */
const struct web_settings *web_config_settings(const struct web_config *config);
struct tls_server *web_config_tls(const struct web_config *config); /* NULL: no TLS */

/* Returns why the files of now are not in use, "" when they are. Borrowed until the next
 * web_config_refresh. */
const char *web_config_problem(const struct web_config *config);

#endif
