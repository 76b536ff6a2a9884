/* SPDX-License-Identifier: ISC
 *
 * command -- finds what is secret and begins with a hyphen: options of command
 * lines, and private keys in PEM (RFC 7468). The options are --password x,
 * -token x; -px after the word mysql or mariadb; -u user:x, -U, --user and
 * --proxy-user after curl. A command extends to the end of its line.
 */
#ifndef SECRET_COMMAND_H
#define SECRET_COMMAND_H

#include "secret/secret.h"

#include <stdbool.h>
#include <stddef.h>

enum secret_command_kind {
	SECRET_COMMAND_OTHER,
	SECRET_COMMAND_MYSQL,
	SECRET_COMMAND_CURL
};

/* The state of reading one text forwards. Must be all zero at its start. */
struct secret_command {
	size_t read;                   /* commands before text[read] are known */
	enum secret_command_kind last; /* the last of them */
	bool has_no_key_end;           /* no END line follows in the text */
};

struct secret_option {
	enum secret_name verdict; /* on the value that begins at text[value] */
	size_t value;
	/* For user:password: where the password begins and ends. verdict and
	 * value mean nothing then. 0 for other options. */
	size_t password, password_end;
};

/* Whether the hyphen text[at] begins an option that has a secret value; if so,
 * *option says where the value is. */
bool secret_command_option(struct secret_command *command, const char *text,
    size_t len, size_t at, struct secret_option *option);

/* Returns the end of the private key that begins with "-----BEGIN " at text[at]:
 * the end of its END line or, without one, the next quote or the end of the text.
 * Returns at when no private key begins there. */
size_t secret_command_key(struct secret_command *command, const char *text,
    size_t len, size_t at);

#endif
