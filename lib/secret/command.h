/* SPDX-License-Identifier: ISC
 *
 * command -- secrets of command lines in text, and private keys in PEM
 * (RFC 7468), which begin with a hyphen both: --password x, -token x; -px behind
 * the word mysql or mariadb; -u user:x, -U, --user and --proxy-user behind curl,
 * each command to the end of its line.
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

/* All zero is ready; belongs to one text, which is read forwards. */
struct secret_command {
	size_t read;                   /* as far as commands are known */
	enum secret_command_kind last; /* of the last one */
	bool has_no_key_end;           /* from some place on */
};

struct secret_option {
	enum secret_name verdict; /* on the value that begins at value */
	size_t value;
	/* Instead, when not 0: user:password, of which the password begins here. */
	size_t password, password_end;
};

/* Whether a value stands behind the option whose first hyphen is text[at]. */
bool secret_command_option(struct secret_command *command, const char *text,
    size_t len, size_t at, struct secret_option *option);

/* The end of the private key whose "-----BEGIN " is text[at]: behind its END
 * line; without one at a quote or at the end of the text. Returns at when none
 * begins there. */
size_t secret_command_key(struct secret_command *command, const char *text,
    size_t len, size_t at);

#endif
