/* SPDX-License-Identifier: ISC
 *
 * Reads the values of options into members of struct run, each by its type.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/opt_private.h"
#include "base/tim.h"

#include <string.h>

static int
set_number(const struct opt *option, int64_t *target, const char *text,
    struct err *err)
{
	int64_t value = 0;
	int result;

	if (option->type == OPT_INTEGER)
		result = num_integer(text, option->min, option->max, &value);
	else if (option->type == OPT_DURATION_MS)
		result = num_duration_ms(text, &value);
	else
		result = num_size_bytes(text, &value);
	if (result == 0 && value >= option->min && value <= option->max) {
		*target = value;
		return 0;
	}
	if (option->type == OPT_INTEGER)
		return err_set(err, EXIT_USAGE,
		    "--%s: '%s' is not a whole number from %lld to %lld",
		    option->name, text, (long long)option->min,
		    (long long)option->max);
	return err_set(err, EXIT_USAGE, "--%s: '%s' is not a %s", option->name,
	    text, option->type == OPT_DURATION_MS
	    ? "duration in range, such as 250ms, 30s, 5m, 12h or 7d"
	    : "size in range, such as 65536, 64KiB or 8MiB");
}

/* Sets *target to the index of text in words, "jsonl|table". */
static int
set_choice(const struct opt *option, int *target, const char *text,
    struct err *err)
{
	struct buf list = BUF_EMPTY;
	const char *word = option->argument;

	for (int i = 0; *word != '\0'; i++) {
		size_t len = strcspn(word, "|");

		if (strlen(text) == len && memcmp(text, word, len) == 0) {
			*target = i;
			buf_release(&list);
			return 0;
		}
		buf_printf(&list, "%s%.*s", i == 0 ? "" : word[len] != '\0'
		    ? ", " : " or ", (int)len, word);
		word += len + (word[len] != '\0');
	}
	err_set(err, EXIT_USAGE, "--%s: '%s' is not %s", option->name, text,
	    buf_text(&list));
	buf_release(&list);
	return -1;
}

static int
set_time(const struct opt *option, int64_t *target, const char *text,
    struct err *err)
{
	/* Ten digits are what `date +%s` prints; as ms they would be of early 1970. */
	if (strlen(text) == 10 && strspn(text, "0123456789") == 10)
		return err_set(err, EXIT_USAGE, "--%s: '%s' looks like seconds since "
		    "the epoch; write ms, %s000", option->name, text, text);
	if (tim_parse(text, tim_now_ms(), target) == 0)
		return 0;
	return err_set(err, EXIT_USAGE, "--%s: '%s' is not a time, such as "
	    "2026-11-01, 2026-11-01T10:05:00Z, -7d or now", option->name, text);
}

void
opt_list_add(struct opt_list *list, const char *text)
{
	list->items = mem_resize(list->items, list->count + 1, sizeof(list->items[0]));
	list->items[list->count++] = text;
}

static int
set_text(const struct opt *option, void *target, const char *text,
    struct err *err)
{
	struct opt_list *list = target;

	if (text[0] == '\0')
		return err_set(err, EXIT_USAGE, "--%s: the value is empty",
		    option->name);
	if (option->type == OPT_TEXT) {
		*(const char **)target = text;
		return 0;
	}
	opt_list_add(list, text);
	return 0;
}

int
opt_set(const struct opt *option, struct run *run, const char *text,
    struct err *err)
{
	void *target = (char *)run + option->offset;

	switch (option->type) {
	case OPT_FLAG:
		*(bool *)target = true;
		return 0;
	case OPT_TEXT:
	case OPT_LIST:
		return set_text(option, target, text, err);
	case OPT_CHOICE:
		return set_choice(option, target, text, err);
	case OPT_TIME_MS:
		return set_time(option, target, text, err);
	case OPT_INTEGER:
	case OPT_DURATION_MS:
	case OPT_SIZE_BYTES:
		break;
	}
	return set_number(option, target, text, err);
}
