/* SPDX-License-Identifier: ISC */
#include "io/digest.h"
#include "base/mem.h"
#include "base/require.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <unistd.h>

struct digest {
	EVP_MD_CTX *context;
};

static void
print_hex(const unsigned char *bytes, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < (DIGEST_HEX_SIZE - 1) / 2; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[DIGEST_HEX_SIZE - 1] = '\0';
}

struct digest *
digest_open(void)
{
	struct digest *digest = mem_new(1, sizeof(*digest));

	digest->context = EVP_MD_CTX_new();
	if (digest->context == NULL)
		mem_exhausted();
	EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL);
	return digest;
}

void
digest_add(struct digest *digest, const void *bytes, size_t len)
{
	EVP_DigestUpdate(digest->context, bytes, len);
}

void
digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];

	EVP_DigestFinal_ex(digest->context, bytes, NULL);
	EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL);
	print_hex(bytes, hex);
}

void
digest_close(struct digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

void
digest_of(const void *bytes, size_t len, char hex[DIGEST_HEX_SIZE])
{
	unsigned char out[EVP_MAX_MD_SIZE];

	EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);
	print_hex(out, hex);
}

void
digest_keyed(const void *key, size_t key_len, const void *bytes, size_t len,
    char hex[DIGEST_HEX_SIZE])
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int out_len;

	REQUIRE(key_len <= INT_MAX);
	HMAC(EVP_sha256(), key, (int)key_len, bytes, len, out, &out_len);
	print_hex(out, hex);
}

int
digest_file(const char *path, char hex[DIGEST_HEX_SIZE], long long *bytes,
    struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct digest *digest;
	char *chunk;
	ssize_t got;

	if (fd < 0)
		return err_system(err, EXIT_NO_INPUT, "%s", path);
	digest = digest_open();
	chunk = mem_new(1, 1 << 16);
	*bytes = 0;
	while ((got = read(fd, chunk, 1 << 16)) > 0 ||
	    (got < 0 && errno == EINTR)) {
		if (got > 0) {
			digest_add(digest, chunk, (size_t)got);
			*bytes += got;
		}
	}
	if (got < 0)
		err_system(err, EXIT_IO, "%s", path);
	digest_finish(digest, hex);
	digest_close(digest);
	free(chunk);
	close(fd);
	return got < 0 ? -1 : 0;
}
