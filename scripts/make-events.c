/* SPDX-License-Identifier: ISC
 *
 * make-events -- prints http events for measurements and tests. The same
 * --seed and --count give the same bytes on any machine, so nothing here
 * depends on a clock, a locale or floating point. Some hosts get far more
 * requests than others, few answers are failures, times are log-normal: most
 * are short, some very long. The events follow event.def, because event_write
 * writes them.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/prog.h"
#include "base/tim.h"
#include "tel/event.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define FLUSH_BYTES (256 << 10)
#define RUN_EVENTS 100000
#define MAX_PRODUCERS 1000
/* The time between two events must fit in 32 bits. */
#define MAX_SPAN_MS (49 * (int64_t)TIM_MS_PER_DAY)
#define MAX_EVENTS INT64_C(1000000000)

/* xoshiro256**, by David Blackman and Sebastiano Vigna (2018), seeded by
 * Vigna's splitmix64 (2015), as they advise; prng.di.unimi.it, public domain. */
struct random {
	uint64_t state[4];
};

static void
random_seed(struct random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		random->state[i] = z ^ z >> 31;
	}
}

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static uint64_t
random_next(struct random *random)
{
	uint64_t *s = random->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

/* Returns 0 to count - 1, count below 2^32; the bias is too small to matter here. */
static uint32_t
random_below(struct random *random, uint32_t count)
{
	return (uint32_t)((random_next(random) >> 32) * count >> 32);
}

/* Returns a log-normal number by integer arithmetic: the exponent of 2 is a sum
 * of eight bytes, which is nearly a normal distribution (mean 1020, deviation
 * 209). median_log2 and deviation_log2 are in 1/256. */
static int64_t
random_log_normal(struct random *random, int median_log2, int deviation_log2)
{
	uint64_t bits = random_next(random);
	int sum = 0, exponent;

	for (int i = 0; i < 8; i++)
		sum += (int)(bits >> 8 * i & 0xff);
	exponent = median_log2 + (sum - 1020) * deviation_log2 / 209;
	if (exponent < 0)
		return 0;
	return ((INT64_C(256) + exponent % 256) << exponent / 256) >> 8;
}

struct choice {
	const char *text;
	uint32_t weight; /* of 1000 */
};

static const struct choice hosts[] = {
	{ "api.example.org", 340 }, { "doi.example.org", 190 },
	{ "api.works.example", 140 }, { "www.journals.example", 90 },
	{ "arxiv.example.net", 70 }, { "repository.example.edu", 50 },
	{ "pmc.example.org", 40 }, { "static.press.example", 30 },
	{ "pdf.papers.example", 20 }, { "archive.example.org", 15 },
	{ "www.xn--mnchen-3ya.example", 10 }, { "old.example.info", 5 },
};
static const struct choice roles[] = {
	{ "metadata", 600 }, { "artifact", 270 }, { "landing", 130 },
};
/* NULL for no answer. */
static const struct choice statuses[] = {
	{ "200", 938 }, { "304", 25 }, { "404", 14 }, { "429", 9 },
	{ "403", 4 }, { "503", 4 }, { "500", 3 }, { NULL, 3 },
};
static const struct choice errors[] = {
	{ "timeout", 600 }, { "connect", 300 }, { "partial_body", 100 },
};

#define choose(random, choices) \
	choose_of(random, choices, sizeof(choices) / sizeof((choices)[0]))

static const char *
choose_of(struct random *random, const struct choice *choices, size_t count)
{
	uint32_t rest = random_below(random, 1000);

	for (size_t i = 0; i < count; i++) {
		if (rest < choices[i].weight)
			return choices[i].text;
		rest -= choices[i].weight;
	}
	/* The weights add up to 1000. */
	assert(false);
	return NULL;
}

/* A producer: a process that writes events. */
struct producer {
	struct event_writer writer;
	char run_id[48];
	char stamp[96]; /* "producer":"...","seq": */
};

struct maker {
	struct random random;
	struct producer *producers;
	uint32_t producer_count;
	int64_t at_ms;
	uint32_t gap_ms; /* between events: 0 to one less, evenly distributed */
	int64_t run_events; /* after so many the process of a producer ends, and a new
	                     * run begins */
	uint32_t run_count;
	bool is_unstamped;
	struct buf out;
};

static void
start_producer(struct maker *maker, struct producer *producer)
{
	char day[TIM_TEXT_SIZE], name[sizeof(producer->writer.producer)];
	uint32_t bits = (uint32_t)random_next(&maker->random);

	tim_print_day(day, maker->at_ms);
	snprintf(producer->run_id, sizeof(producer->run_id), "%s-%04" PRIu32, day,
	    ++maker->run_count);
	snprintf(name, sizeof(name), "node%" PRIu32 "-%04" PRIu32 "-%08" PRIx32,
	    bits % 4, maker->run_count, bits);
	event_writer_init(&producer->writer, name);
	producer->writer.run_id = producer->run_id;
	snprintf(producer->stamp, sizeof(producer->stamp),
	    "\"producer\":\"%s\",\"seq\":", name);
}

static void
print_hash(struct random *random, char out[65])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 64;) {
		uint64_t bits = random_next(random);

		for (int k = 0; k < 16; k++, bits >>= 4)
			out[i++] = digits[bits & 15];
	}
	out[64] = '\0';
}

static void
answer_from_cache(struct event_http *event, struct random *random)
{
	event->from_cache = true;
	event->stale = random_below(random, 50) == 0;
	event_set(event, status, 200);
	event_set(event, elapsed_ms, random_below(random, 3));
	event_set(event, bytes, 0);
}

/* Sizes and times depend on the role: metadata is small and fast. */
static void
answer_from_origin(struct event_http *event, struct random *random)
{
	const char *status = choose(random, statuses);
	bool is_artifact = strcmp(event->role, "artifact") == 0;
	int64_t ttfb_ms = random_log_normal(random, 1700, 260);
	int64_t body_ms = random_log_normal(random, is_artifact ? 2200 : 900, 330);
	int64_t bytes = random_log_normal(random, is_artifact ? 5000 : 3000, 300);
	int64_t code = status == NULL ? 0 : strtoll(status, NULL, 10);

	if (code == 0 || code == 429 || code >= 500)
		event->breaker_recorded = "failure";
	event_set(event, elapsed_ms, ttfb_ms + body_ms);
	if (code == 0) {
		event->error = choose(random, errors);
		event_set(event, bytes, 0);
		return;
	}
	event_set(event, status, code);
	event->revalidated = code == 304;
	event_set(event, bytes, code == 304 ? 0 : code >= 400 ? bytes >> 6 : bytes);
	event_set(event, ttfb_ms, ttfb_ms);
	if (code == 429)
		event_set(event, retry_after_s, 1 + random_below(random, 120));
}

static void
fill(struct event_http *event, struct random *random)
{
	bool is_delayed = random_below(random, 100) < 30;
	bool is_retry = random_below(random, 100) < 3;

	event->host = choose(random, hosts);
	event->role = choose(random, roles);
	event->method = random_below(random, 100) < 4 ? "HEAD" : "GET";
	if (random_below(random, 1000) < 4)
		event->breaker_state = "half_open";
	event->waited_for = is_delayed ? "rate" : "none";
	event_set(event, rate_delay_ms,
	    is_delayed ? random_log_normal(random, 1900, 256) : 0);
	if (random_below(random, 100) < 18) {
		answer_from_cache(event, random);
		return;
	}
	event_set(event, retry_count, is_retry);
	event_set(event, attempt, 1 + is_retry);
	answer_from_origin(event, random);
}

/* Removes producer and seq from the line at the end of out. */
static void
remove_stamp(struct buf *out, size_t line, const struct producer *producer)
{
	char *end = out->data + out->len;
	char *stamp = memmem(out->data + line, out->len - line, producer->stamp,
	    strlen(producer->stamp));
	char *rest = stamp + strlen(producer->stamp);

	rest += strspn(rest, "0123456789") + 1;
	memmove(stamp, rest, (size_t)(end - rest));
	out->len -= (size_t)(rest - stamp);
}

static void
make_event(struct maker *maker)
{
	struct random *random = &maker->random;
	struct producer *producer =
	    &maker->producers[random_below(random, maker->producer_count)];
	struct event_http event = { 0 };
	char hash[65], request_id[64];
	size_t line = maker->out.len;

	if (producer->writer.seq % maker->run_events == 0)
		start_producer(maker, producer);
	maker->at_ms += random_below(random, maker->gap_ms);
	print_hash(random, hash);
	event.url_hash = hash;
	snprintf(request_id, sizeof(request_id), "%s-%" PRId64,
	    strrchr(producer->writer.producer, '-') + 1, producer->writer.seq + 1);
	event.request_id = request_id;
	fill(&event, random);
	event_write(&producer->writer, &maker->out, EVENT_http, maker->at_ms,
	    &event);
	if (maker->is_unstamped)
		remove_stamp(&maker->out, line, producer);
}

static void
flush(struct buf *out)
{
	fwrite(out->data, 1, out->len, stdout);
	buf_reset(out);
}

/* The command line. */
struct run {
	const char *type;
	int64_t count, seed, producer_count, run_events, span_ms;
	bool is_unstamped;
};

static const struct opt options[] = {
	OPT_TEXT_AT("type", 0, "TYPE", type, "type of the events: http"),
	OPT_INTEGER_AT("count", 'n', "N", 0, MAX_EVENTS, count,
	    "how many (default 1000)"),
	OPT_INTEGER_AT("seed", 0, "S", 0, INT64_MAX, seed,
	    "other events for another number (default 1)"),
	OPT_INTEGER_AT("producers", 0, "P", 1, MAX_PRODUCERS, producer_count,
	    "processes that write at the same time (default 1)"),
	OPT_INTEGER_AT("run-events", 0, "N", 1, MAX_EVENTS, run_events,
	    "events of a run, all of one process (default 100000)"),
	OPT_DURATION_MS_AT("span", 0, "DURATION", 1, MAX_SPAN_MS, span_ms,
	    "time from the first event to the last, about (default 1d)"),
	OPT_FLAG_AT("unstamped", 0, is_unstamped, "without producer and seq"),
};

static const struct opt_program program = {
	.synopsis = "[OPTION]...",
	.purpose = "Write made-up events, the same each time.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
};

/* Prints the events. */
static void
make_events(const struct run *run)
{
	struct maker maker = { .at_ms = START_MS, .out = BUF_EMPTY,
		.run_events = run->run_events, .is_unstamped = run->is_unstamped };

	random_seed(&maker.random, (uint64_t)run->seed);
	maker.producer_count = (uint32_t)run->producer_count;
	maker.producers = mem_new((size_t)run->producer_count,
	    sizeof(*maker.producers));
	maker.gap_ms = (uint32_t)(2 * run->span_ms / (run->count + 1) + 1);
	for (int64_t i = 0; i < run->count; i++) {
		make_event(&maker);
		if (maker.out.len >= FLUSH_BYTES)
			flush(&maker.out);
	}
	flush(&maker.out);
	buf_release(&maker.out);
	free(maker.producers);
}

int
main(int argc, char **argv)
{
	struct run run = { .type = "http", .count = 1000, .seed = 1,
		.producer_count = 1, .run_events = RUN_EVENTS,
		.span_ms = TIM_MS_PER_DAY };
	struct err err;
	int operand;

	prog_start("make-events");
	operand = opt_parse(&program, &run, argc, argv, &err);
	if (operand <= 0)
		return prog_exit(operand, &err);
	if (operand < argc || strcmp(run.type, "http") != 0)
		return prog_exit(err_set(&err, EXIT_USAGE,
		    "makes events of type http and takes no operands"), &err);
	make_events(&run);
	return prog_exit(EXIT_YES, &err);
}
