/* SPDX-License-Identifier: ISC
 *
 * property -- makes a random world from a seed, and judges what slo-eval says of it.
 * tests/property/run does the steps between.
 *
 *   property make SEED FOLDER    writes parts/, slos.yaml, plan and now
 *   property check SEED FOLDER   compares out/ with the judge
 *
 * PROPERTY_FIELDS, as "good bad", compares only these fields of a line. Exits with 1 when
 * there is a difference, 64 and 74 as our programs.
 */
#include "tests/property/memory.h"
#include "tests/property/plan.h"
#include "tests/property/replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static FILE *
create(const char *folder, const char *name)
{
	char *path = memory_text("%s/%s", folder, name);
	FILE *file = fopen(path, "w");

	if (file == NULL) {
		perror(path);
		exit(74);
	}
	free(path);
	return file;
}

static void
finish(FILE *file)
{
	if (fclose(file) == 0)
		return;
	perror("property: write");
	exit(74);
}

static void
write_part(const char *folder, const struct part *part)
{
	char *name = memory_text("parts/%s", part->name);
	char *more = memory_text("parts/%s.more", part->name);
	FILE *file = create(folder, name);

	world_write_lines(file, part, 0, part->first_count);
	finish(file);
	file = create(folder, more);
	world_write_lines(file, part, part->first_count, part->count);
	finish(file);
	free(name);
	free(more);
}

static void
make(const struct world *world, const char *folder)
{
	FILE *file;

	for (int i = 0; i < PART_COUNT; i++)
		write_part(folder, &world->parts[i]);
	file = create(folder, "slos.yaml");
	world_write_slos(file, world);
	finish(file);
	file = create(folder, "plan");
	plan_write(file, world);
	finish(file);
	file = create(folder, "now");
	fprintf(file, "%" PRId64 "\n", world->now_ms);
	finish(file);
}

int
main(int argc, char **argv)
{
	const char *asked = getenv("PROPERTY_FIELDS");
	char *fields = asked != NULL ? memory_text(" %s ", asked) : NULL;
	struct world world;
	int result = 0;

	if (argc != 4 || (strcmp(argv[1], "make") != 0 && strcmp(argv[1], "check") != 0)) {
		fputs("property: usage: property make|check SEED FOLDER\n", stderr);
		return 64;
	}
	world_make(&world, strtoull(argv[2], NULL, 10));
	if (strcmp(argv[1], "make") == 0)
		make(&world, argv[3]);
	else
		result = replay_check(&world, argv[3], fields);
	free(fields);
	return result == 0 ? 0 : 1;
}
