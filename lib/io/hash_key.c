/* SPDX-License-Identifier: ISC */
#include "io/hash_key.h"
#include "base/prog.h"
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define RANDOM_BYTES 32

int
hash_key_read(const char *path, struct buf *key, struct err *err)
{
	if (file_read(path, HASH_KEY_MAX_BYTES, key, err) < 0) {
		err->exit_code = EXIT_CONFIG;
		return err_in(err, "key file");
	}
	if (key->len > 0 && key->data[key->len - 1] == '\n')
		key->len--;
	if (key->len == 0)
		return err_set(err, EXIT_CONFIG, "key file: %s: empty; it must "
		    "hold the key", path);
	return 0;
}

static int
print_random_key(struct buf *text)
{
	unsigned char bytes[RANDOM_BYTES];

	/* getrandom returns up to 256 bytes whole or not at all. */
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_printf(text, "%02x", bytes[i]);
	buf_add_char(text, '\n');
	return 0;
}

/* Writes a new file of that name with a new key, durably. Returns 0, or -1 with
 * errno. */
static int
write_new_key(const char *path)
{
	struct buf text = BUF_EMPTY;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result, saved;

	if (fd < 0)
		return -1;
	result = print_random_key(&text);
	if (result == 0)
		result = file_write_all(fd, text.data, text.len);
	if (result == 0)
		result = fsync(fd);
	saved = errno;
	buf_release(&text);
	if (close(fd) < 0 && result == 0) {
		saved = errno;
		result = -1;
	}
	if (result < 0)
		unlink(path);
	errno = saved;
	return result;
}

/* Gives the temporary file its name, unless a file of that name exists. Renames
 * it where the file system has no hard links. */
static int
name_file(const char *temporary, const char *path)
{
	int result = link(temporary, path);

	if (result < 0 && (errno == EPERM || errno == EOPNOTSUPP))
		result = renameat2(AT_FDCWD, temporary, AT_FDCWD, path,
		    RENAME_NOREPLACE);
	return result < 0 && errno == EEXIST ? 0 : result;
}

static int
make_key(const char *path, struct err *err)
{
	struct buf temporary = BUF_EMPTY;
	int result;

	buf_printf(&temporary, "%s.%ld-%08lx", path, (long)getpid(),
	    (unsigned long)prog_random());
	result = write_new_key(temporary.data);
	if (result == 0) {
		result = name_file(temporary.data, path);
		if (result < 0)
			err_system(err, EXIT_CREATE, "key file: %s", path);
		unlink(temporary.data);
		if (result == 0)
			result = file_sync_folder_of(path, err);
	} else {
		err_system(err, EXIT_CREATE, "key file: %s", path);
	}
	buf_release(&temporary);
	return result;
}

int
hash_key_read_or_make(const char *path, const char *database, struct buf *key,
    struct err *err)
{
	struct buf beside = BUF_EMPTY;
	char *real;
	int result = 0;

	if (path != NULL)
		return hash_key_read(path, key, err);
	real = realpath(database, NULL);
	buf_printf(&beside, "%s.key", real != NULL ? real : database);
	free(real);
	if (access(beside.data, F_OK) < 0 && errno == ENOENT)
		result = make_key(beside.data, err);
	if (result == 0)
		result = hash_key_read(beside.data, key, err);
	buf_release(&beside);
	return result;
}
