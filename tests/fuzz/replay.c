/* SPDX-License-Identifier: ISC
 *
 * replay FOLDER -- runs a fuzz target on every file of the folder, so that the
 * inputs in tests/fuzz/corpus are a test with any compiler. Prints TAP.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int
replay(const char *folder, const char *name)
{
	static uint8_t bytes[2 << 20];
	char path[4096];
	FILE *file;
	uint8_t *exact;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (file == NULL)
		return -1;
	len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	/* Memory that ends where the input ends, as libFuzzer allocates it. */
	exact = malloc(len > 0 ? len : 1);
	if (exact == NULL)
		return -1;
	memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return 0;
}

int
main(int argc, char **argv)
{
	struct dirent *entry;
	int count = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;

	if (folder == NULL) {
		printf("1..1\nnot ok 1 - no folder of inputs\n");
		return 1;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		/* Printed first: after a crash, the last line names the file. */
		printf("# %s\n", entry->d_name);
		fflush(stdout);
		if (replay(argv[1], entry->d_name) < 0) {
			printf("1..1\nnot ok 1 - cannot read %s\n", entry->d_name);
			return 1;
		}
		count++;
	}
	closedir(folder);
	printf("1..1\n%s 1 - %d inputs\n", count > 0 ? "ok" : "not ok", count);
	return count > 0 ? 0 : 1;
}
