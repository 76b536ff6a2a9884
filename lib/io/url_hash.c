/* SPDX-License-Identifier: ISC */
#include "io/url_hash.h"
#include "io/file.h"

#include <string.h>

int
url_hash_open(struct url_hash *hash, const char *path, struct err *err)
{
	memset(hash, 0, sizeof(*hash));
	if (path == NULL)
		return 0;
	if (file_read(path, URL_HASH_MAX_KEY_BYTES, &hash->key, err) < 0) {
		err->exit_code = EXIT_CONFIG;
		return err_in(err, "key file");
	}
	if (hash->key.len > 0 && hash->key.data[hash->key.len - 1] == '\n')
		hash->key.len--;
	if (hash->key.len == 0)
		return err_set(err, EXIT_CONFIG, "key file: %s: empty; it must "
		    "hold the key", path);
	return 0;
}

void
url_hash_release(struct url_hash *hash)
{
	buf_release(&hash->key);
}

void
url_hash_make(const struct url_hash *hash, const char *url,
    char hex[DIGEST_HEX_SIZE])
{
	if (hash->key.len > 0)
		digest_keyed(hash->key.data, hash->key.len, url, strlen(url),
		    hex);
	else
		digest_of(url, strlen(url), hex);
}
