/* SPDX-License-Identifier: ISC
 *
 * zst -- any bytes as a file of an archive: the reader reports an error, or it
 * reads the file and the numbers it found are consistent.
 */
#include "segment/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct json_parser *parser;
	int fd = memfd_create("part", MFD_CLOEXEC);
	struct part_facts facts;
	struct err err;
	char path[64];

	if (parser == NULL)
		parser = json_open(PART_MAX_LINE_BYTES);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (part_check(path, parser, &facts, &err) == 0 &&
	    (facts.row_count < 1 || facts.raw_bytes < facts.row_count ||
	    facts.file_bytes != (int64_t)len || facts.from_ts_ms >= facts.until_ts_ms))
		abort();
	close(fd);
	return 0;
}
