/* SPDX-License-Identifier: ISC
 *
 * Inputs in the ledger: recognises an input by the digest of its beginning, and stores
 * how far it was read.
 */
#include "store/ledger_private.h"
#include "base/tim.h"
#include "io/digest.h"

#include <inttypes.h>
#include <string.h>

static size_t
key_len(const struct ledger_input *input)
{
	return input->prefix_len < LEDGER_PREFIX_BYTES ? input->prefix_len
	    : LEDGER_PREFIX_BYTES;
}

static enum ledger_kind
kind_of(const struct ledger_input *input)
{
	return input->is_file ? LEDGER_FILE : LEDGER_STREAM;
}

/* What is known of an input that was read before. */
struct known {
	int64_t no; /* 0: nothing */
	int64_t prefix_bytes, check_bytes;
};

/* Chooses among the inputs that LEDGER_FIND_INPUT finds: the one whose bytes are the
 * same as far as they were read. */
static int
compare_beginnings(struct db_statement *find, const struct ledger_input *input,
    struct known *known, size_t *wanted_bytes, struct err *err)
{
	char hex[DIGEST_HEX_SIZE];
	int result;

	while ((result = db_step(find, err)) == 1) {
		int64_t check_bytes = db_column_integer(find, 1);
		const char *check = db_column_text(find, 2);

		if (check_bytes > (int64_t)input->prefix_len) {
			if (!input->is_whole)
				*wanted_bytes = (size_t)check_bytes;
			continue;
		}
		digest_of(input->prefix, (size_t)check_bytes, hex);
		if (check_bytes > 0 && (check == NULL || strcmp(check, hex) != 0))
			continue;
		known->no = db_column_integer(find, 0);
		known->check_bytes = check_bytes;
		*wanted_bytes = 0;
		db_reset(find);
		break;
	}
	return result < 0 ? -1 : 0;
}

/* Finds the input that begins as this one does, by the longest stored prefix. */
static int
find_input(struct ledger *ledger, const struct ledger_input *input,
    struct known *known, size_t *wanted_bytes, struct err *err)
{
	struct db_statement *lengths = ledger->queries[LEDGER_PREFIX_LENGTHS];
	struct db_statement *find = ledger->queries[LEDGER_FIND_INPUT];
	const char *kind = ledger_kind_word(kind_of(input));
	char hex[DIGEST_HEX_SIZE];
	int result = 0;

	DB_BIND(lengths, db_value_text(":kind", kind),
	    db_value_integer(":max_bytes", (int64_t)key_len(input)));
	while (known->no == 0 && *wanted_bytes == 0 &&
	    (result = db_step(lengths, err)) == 1) {
		int64_t prefix_bytes = db_column_integer(lengths, 0);

		digest_of(input->prefix, (size_t)prefix_bytes, hex);
		DB_BIND(find, db_value_text(":kind", kind),
		    db_value_integer(":prefix_bytes", prefix_bytes),
		    db_value_text(":prefix_sha256", hex),
		    db_value_integer(":inode", input->inode),
		    db_value_integer(":is_moved", input->is_moved),
		    db_value_text(":name", input->name));
		if (compare_beginnings(find, input, known, wanted_bytes, err) < 0)
			result = -1;
		if (result < 0)
			break;
		if (known->no != 0)
			known->prefix_bytes = prefix_bytes;
	}
	db_reset(lengths);
	return result < 0 ? -1 : 0;
}

/* Gives the input its name, if the name is free or only a restored archive has used
 * it; *no stays 0 when another input has it. */
static int
try_identity(struct ledger *ledger, const struct ledger_input *input,
    const struct buf *fingerprint, int64_t *no, struct err *err)
{
	const struct ledger_identity identity = { .kind = kind_of(input),
		.name = input->name, .name_len = strlen(input->name),
		.fingerprint = fingerprint->data,
		.fingerprint_len = fingerprint->len };
	bool is_known;

	if (ledger_find_source(ledger, &identity, no, &is_known, err) < 0)
		return -1;
	if (*no == 0)
		return ledger_add_source(ledger, &identity, no, err);
	if (is_known)
		*no = 0;
	return 0;
}

/* Inputs that only begin alike get a number after the fingerprint. */
static int
add_input(struct ledger *ledger, const struct ledger_input *input, int64_t *no,
    struct err *err)
{
	struct buf fingerprint = BUF_EMPTY;
	char hex[DIGEST_HEX_SIZE];
	int result = 0;

	digest_of(input->prefix, key_len(input), hex);
	for (int number = 1; result == 0 && *no == 0; number++) {
		buf_reset(&fingerprint);
		if (input->is_file)
			buf_printf(&fingerprint, "%" PRId64 "-%" PRId64 "-",
			    input->device, input->inode);
		buf_printf(&fingerprint, "%zu-%s", key_len(input), hex);
		if (number > 1)
			buf_printf(&fingerprint, "-%d", number);
		result = try_identity(ledger, input, &fingerprint, no, err);
	}
	buf_release(&fingerprint);
	return result;
}

/* Binds a number that only files have; NULL for streams. */
static struct db_value
value_of_file(const struct ledger_input *input, const char *name, int64_t value)
{
	return input->is_file ? db_value_integer(name, value)
	    : db_value_text(name, NULL);
}

/* Gives the source the prefix of the input if that is longer than what it has. */
static int
grow_prefix(struct ledger *ledger, int64_t no, const struct ledger_input *input,
    struct err *err)
{
	struct db_statement *grow = ledger->queries[LEDGER_GROW_PREFIX];
	char hex[DIGEST_HEX_SIZE];

	digest_of(input->prefix, key_len(input), hex);
	DB_BIND(grow, db_value_integer(":prefix_bytes", (int64_t)key_len(input)),
	    db_value_text(":prefix_sha256", hex),
	    value_of_file(input, ":device", input->device),
	    value_of_file(input, ":inode", input->inode),
	    db_value_integer(":no", no));
	return db_execute(grow, err);
}

int
ledger_input(struct ledger *ledger, const struct ledger_input *input, bool make,
    struct ledger_source **out, size_t *wanted_bytes, struct err *err)
{
	struct known known = { 0 };

	*out = NULL;
	*wanted_bytes = 0;
	if (input->prefix_len < LEDGER_PREFIX_BYTES && !input->is_whole) {
		*wanted_bytes = LEDGER_PREFIX_BYTES;
		return 0;
	}
	if (!input->is_new &&
	    find_input(ledger, input, &known, wanted_bytes, err) < 0)
		return -1;
	if (*wanted_bytes > 0 || (known.no == 0 && !make))
		return 0;
	if (known.no == 0 && add_input(ledger, input, &known.no, err) < 0)
		return -1;
	if (known.prefix_bytes < (int64_t)key_len(input) &&
	    grow_prefix(ledger, known.no, input, err) < 0)
		return -1;
	*out = ledger_cached(ledger, known.no);
	if (*out == NULL && ledger_load(ledger, known.no, out, err) < 0)
		return -1;
	(*out)->check_bytes = known.check_bytes;
	return 0;
}

int
ledger_taken(struct ledger *ledger, const struct ledger_source *source,
    struct ledger_taken *out, struct err *err)
{
	struct db_statement *get = ledger->queries[LEDGER_GET_TAKEN];
	const char *hex;
	int result;

	memset(out, 0, sizeof(*out));
	DB_BIND(get, db_value_integer(":no", source->no));
	result = db_step(get, err);
	if (result != 1)
		return result;
	out->bytes = db_column_integer(get, 0);
	out->lines = db_column_integer(get, 1);
	hex = db_column_text(get, 3);
	if (hex != NULL && strlen(hex) < sizeof(out->tail_sha256)) {
		out->tail_bytes = db_column_integer(get, 2);
		memcpy(out->tail_sha256, hex, strlen(hex) + 1);
	}
	db_reset(get);
	if (out->bytes >= 0 && out->lines >= 0 && out->tail_bytes >= 0 &&
	    out->tail_bytes <= out->bytes &&
	    out->tail_bytes <= LEDGER_TAIL_BYTES)
		return 0;
	return err_set(err, EXIT_DATA, "source %" PRId64 ": its recorded position "
	    "is inconsistent", source->no);
}

int
ledger_set_taken(struct ledger *ledger, const struct ledger_source *source,
    int64_t bytes, int64_t lines, const char *tail, size_t tail_len,
    struct err *err)
{
	struct db_statement *set = ledger->queries[LEDGER_SET_TAKEN];
	size_t len = tail_len < LEDGER_TAIL_BYTES ? tail_len
	    : LEDGER_TAIL_BYTES;
	char hex[DIGEST_HEX_SIZE];

	digest_of(tail + tail_len - len, len, hex);
	DB_BIND(set, db_value_integer(":taken_bytes", bytes),
	    db_value_integer(":taken_lines", lines),
	    db_value_integer(":now_ms", tim_file_ms()),
	    db_value_integer(":tail_bytes", (int64_t)len),
	    db_value_text(":tail_sha256", hex),
	    db_value_integer(":no", source->no));
	return db_execute(set, err);
}

int
ledger_check(struct ledger *ledger, struct ledger_source *source,
    const struct ledger_input *input, int64_t until, struct err *err)
{
	struct db_statement *set = ledger->queries[LEDGER_SET_CHECK];
	char hex[DIGEST_HEX_SIZE];

	if (until > (int64_t)input->prefix_len)
		until = (int64_t)input->prefix_len;
	if (until <= source->check_bytes)
		return 0;
	source->check_bytes = until;
	digest_of(input->prefix, (size_t)until, hex);
	DB_BIND(set, db_value_integer(":check_bytes", until),
	    db_value_text(":check_sha256", hex),
	    db_value_integer(":no", source->no));
	return db_execute(set, err);
}
