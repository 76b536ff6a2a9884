/* SPDX-License-Identifier: ISC
 *
 * accept -- what the head of a scrape asks for: the format of the text, its coding, and
 * how long the scraper waits. Pure. A head that cannot be understood is no error: the
 * oldest format, without coding, is what every scraper can read.
 */
#ifndef IO_ACCEPT_H
#define IO_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

enum accept_format {
	ACCEPT_TEXT,       /* the Prometheus text format 0.0.4 */
	ACCEPT_OPENMETRICS /* OpenMetrics 1.0.0 */
};

/* Chooses by the value of Accept (RFC 9110, 12.5.1); NULL when the head has none. The
 * format with the higher weight wins; at the same weight the one that is named and stands
 * first. A range with * never chooses OpenMetrics while the text format is acceptable. A
 * format that is named in other versions only is given in ours. */
enum accept_format accept_format(const char *accept);

/* Returns the Content-Type of a format, a constant. */
const char *accept_content_type(enum accept_format format);

/* Whether the value of Accept-Encoding (RFC 9110, 12.5.3) wants gzip; NULL when the head
 * has none, which means no. */
bool accept_gzip(const char *encodings);

/* Reads X-Prometheus-Scrape-Timeout-Seconds: returns the ms that an answer may take, which
 * is the timeout less a tenth of it, and less at least 50 ms, for the way back; 0 when
 * nothing is left, -1 when text is NULL or no timeout. At most an hour. */
int64_t accept_budget_ms(const char *text);

#endif
