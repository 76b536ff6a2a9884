/* SPDX-License-Identifier: ISC */
#include "io/url_hash.h"
#include "io/hash_key.h"

#include <string.h>

int
url_hash_init(struct url_hash *hash, const char *path, struct err *err)
{
	memset(hash, 0, sizeof(*hash));
	return path == NULL ? 0 : hash_key_read(path, &hash->key, err);
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
