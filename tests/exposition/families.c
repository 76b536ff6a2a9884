/* SPDX-License-Identifier: ISC
 *
 * families COUNT FOLDER -- random families with odd labels and values, for
 * tests/exposition.bats: FOLDER/text and FOLDER/open are what lib/metric prints of them,
 * FOLDER/truth has one JSON line for each family with what it was made of, bytes in
 * hexadecimal. judge.py says whether they agree. TEST_SEED sets the seed.
 */
#include "metric/exposition.h"
#include "tests/unit/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE(text) { text, sizeof(text) - 1 }
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct piece {
	const char *bytes;
	size_t len;
} pieces[] = {
	PIECE("a"), PIECE("b"), PIECE("\""), PIECE("\\"), PIECE("\n"), PIECE("\0"),
	PIECE("\xc3\xa9"), PIECE("\xff"), PIECE("\xc3"), PIECE("\xe2\x82"),
	PIECE("\xf0\x9f\x98\x80"), PIECE("{"), PIECE("}"), PIECE(","), PIECE("="),
	PIECE(" # "), PIECE("\\n"), PIECE("\r"), PIECE("\t"), PIECE("\xe2\x80\xa8"),
	PIECE("\xc2\x85"), PIECE("\xed\xa0\x80"), PIECE("\xef\xbf\xbd"), PIECE("} 1"),
};

static const char *const edges[] = { "-2.5", "0", "0.005", "1e-5", "0.25", ".5", "1", "2.50",
	"10", "100000", "1e6", "12345678", "+Inf" };
static const char *const quantiles[] = { "0", "0.001", ".5", "0.95", "0.99", "1" };
static const char *const states[] = { "on", "off", "odd\n\"state\"" };

/* A family while it is made. */
struct making {
	struct prometheus_family family;
	struct buf truth;
	struct buf values[2]; /* of the labels host and role, for one metric */
	bool is_first;        /* no sample is in truth yet */
	const char *edge_name;
};

static bool
one_in(uint64_t count)
{
	return random_below(count) == 0;
}

static void
add_pieces(struct buf *out, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		const struct piece *piece = &pieces[random_below(COUNT_OF(pieces))];

		buf_add(out, piece->bytes, piece->len);
	}
}

static void
add_hex(struct buf *out, const char *bytes, size_t len)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%02x", (unsigned char)bytes[i]);
	buf_add_char(out, '"');
}

static double
random_value(void)
{
	switch (random_below(8)) {
	case 0:
		return 0;
	case 1:
		return (double)random_below(UINT64_C(1) << 53);
	case 2:
		return (double)random_next() * 0x1p-70;
	case 3:
		return ldexp((double)random_below(1000), (int)random_below(600) - 300);
	case 4:
		return one_in(3) ? INFINITY : 1e300;
	case 5:
		return one_in(6) ? NAN : 0.1;
	case 6:
		return one_in(6) ? -1.5 : 2.5;
	default:
		return (double)random_below(100);
	}
}

static void
add(struct making *making, const char *suffix, const char *edge, double value)
{
	struct prometheus_label labels[3] = {
		{ "host", buf_text(&making->values[0]), making->values[0].len },
		{ "role", buf_text(&making->values[1]), making->values[1].len },
		{ making->edge_name, edge, edge != NULL ? strlen(edge) : 0 },
	};
	size_t count = making->edge_name != NULL ? 3 : 2;
	struct err err;

	buf_printf(&making->truth, "%s[\"%s\", {", making->is_first ? "" : ", ", suffix);
	making->is_first = false;
	for (size_t i = 0; i < count; i++) {
		buf_printf(&making->truth, "%s\"%s\": ", i > 0 ? ", " : "", labels[i].name);
		add_hex(&making->truth, labels[i].value, labels[i].len);
	}
	buf_printf(&making->truth, "}, \"%.17g\"]", value);
	if (prometheus_add(&making->family, suffix, labels, count, value, &err) < 0) {
		fprintf(stderr, "families: %s\n", err.text);
		exit(1);
	}
}

/* Mostly a right histogram; sometimes a bucket is missing or a number is wrong. */
static void
add_histogram(struct making *making)
{
	double count = 0, sum = one_in(20) ? NAN : one_in(6) ? -3 : 4.5;

	for (size_t i = one_in(3) ? 0 : 1; i < COUNT_OF(edges); i++) {
		if (one_in(3) && (i + 1 < COUNT_OF(edges) || one_in(20)))
			continue;
		count += (double)random_below(3);
		add(making, "_bucket", edges[i], one_in(80) ? random_value() : count);
		if (one_in(200))
			add(making, "_bucket", edges[i / 2], count);
	}
	if (!one_in(8))
		add(making, "_sum", NULL, sum);
	if (!one_in(8))
		add(making, "_count", NULL, one_in(20) ? count + 1 : count);
}

static void
add_metric(struct making *making)
{
	switch (making->family.type) {
	case PROMETHEUS_HISTOGRAM:
		add_histogram(making);
		break;
	case PROMETHEUS_SUMMARY:
		for (size_t i = 0; i < COUNT_OF(quantiles); i++)
			if (one_in(2))
				add(making, "", quantiles[i], random_value());
		if (one_in(2))
			add(making, "_sum", NULL, random_value());
		if (one_in(2))
			add(making, "_count", NULL, random_value());
		break;
	case PROMETHEUS_STATESET:
		for (size_t i = 0; i < COUNT_OF(states); i++)
			add(making, "", one_in(20) ? NULL : states[i],
			    one_in(20) ? random_value() : (double)random_below(2));
		break;
	case PROMETHEUS_INFO:
		add(making, "", NULL, one_in(10) ? random_value() : 1);
		break;
	default:
		add(making, "", NULL, random_value());
	}
	if (one_in(3) && (making->family.type == PROMETHEUS_COUNTER ||
	    making->family.type == PROMETHEUS_SUMMARY ||
	    making->family.type == PROMETHEUS_HISTOGRAM))
		add(making, "_created", NULL, one_in(9) ? random_value() : 1.7e9);
}

static void
start(struct making *making, int number, struct buf *name, struct buf *help)
{
	static const char *const units[] = { "", "_seconds", "_bytes", "_ratio" };
	enum prometheus_type type =
	    (enum prometheus_type)random_below(PROMETHEUS_TYPE_COUNT);

	memset(making, 0, sizeof(*making));
	buf_reset(name);
	buf_printf(name, "x%d%s%s", number, units[random_below(COUNT_OF(units))],
	    type == PROMETHEUS_COUNTER ? "_total" : type == PROMETHEUS_INFO ? "_info" : "");
	buf_reset(help);
	buf_add_char(help, 'a');
	add_pieces(help, random_below(4));
	help->len = strlen(help->data);
	buf_add_char(help, 'z');
	prometheus_init(&making->family, buf_text(name), type, buf_text(help));
	making->is_first = true;
	making->edge_name = type == PROMETHEUS_HISTOGRAM ? "le"
	    : type == PROMETHEUS_SUMMARY ? "quantile"
	    : type == PROMETHEUS_STATESET ? buf_text(name) : NULL;
	buf_printf(&making->truth, "{\"name\": \"%s\", \"type\": \"%s\", \"help\": ",
	    buf_text(name), prometheus_type_names[type]);
	add_hex(&making->truth, buf_text(help), help->len);
	buf_add_text(&making->truth, ", \"samples\": [");
}

/* Prints the family in both formats, and ends its line of truth. */
static void
finish(struct making *making, struct buf *text, struct buf *open)
{
	struct buf value = BUF_EMPTY;
	struct prometheus_label label = { "constant", NULL, 0 };
	size_t count = one_in(2);
	struct err err;
	int result = prometheus_settle(&making->family, &err);

	buf_add_char(&value, 'c');
	add_pieces(&value, 3);
	label.value = buf_text(&value);
	label.len = value.len;
	if (result == 0 && (exposition_print(EXPOSITION_TEXT, &making->family, &label,
	    count, text, &err) < 0 || exposition_print(EXPOSITION_OPENMETRICS,
	    &making->family, &label, count, open, &err) < 0)) {
		fprintf(stderr, "families: %s\n", err.text);
		exit(1);
	}
	buf_add_text(&making->truth, "], \"constant\": ");
	add_hex(&making->truth, label.value, count > 0 ? label.len : 0);
	buf_printf(&making->truth, ", \"refused\": %s, \"dropped\": %zu}\n",
	    result < 0 ? "true" : "false", making->family.dropped_count);
	buf_release(&value);
}

static void
save(const char *folder, const char *name, const struct buf *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL || fwrite(text->data, 1, text->len, file) != text->len ||
	    fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct buf text = BUF_EMPTY, open = BUF_EMPTY, truth = BUF_EMPTY;
	struct buf name = BUF_EMPTY, help = BUF_EMPTY;
	struct making making;

	if (argc != 3) {
		fprintf(stderr, "usage: families COUNT FOLDER\n");
		return 64;
	}
	random_start();
	for (int i = 0; i < strtol(argv[1], NULL, 10); i++) {
		start(&making, i, &name, &help);
		for (uint64_t metrics = random_below(6); metrics > 0; metrics--) {
			for (size_t k = 0; k < 2; k++) {
				buf_reset(&making.values[k]);
				add_pieces(&making.values[k], random_below(3));
			}
			add_metric(&making);
		}
		finish(&making, &text, &open);
		buf_add(&truth, making.truth.data, making.truth.len);
		prometheus_release(&making.family);
		buf_release(&making.truth);
		buf_release(&making.values[0]);
		buf_release(&making.values[1]);
	}
	exposition_end(EXPOSITION_OPENMETRICS, &open);
	save(argv[2], "text", &text);
	save(argv[2], "open", &open);
	save(argv[2], "truth", &truth);
	buf_release(&text);
	buf_release(&open);
	buf_release(&truth);
	buf_release(&name);
	buf_release(&help);
	return 0;
}
