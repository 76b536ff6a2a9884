/* SPDX-License-Identifier: ISC
 *
 * print -- the numbers of a judged line as text: plain decimals that are cut, not rounded,
 * after the twelfth digit (decimal_print_ratio). out has at least DECIMAL_TEXT_SIZE bytes.
 * Where there is no number, out is "" and the result false.
 */
#ifndef SLO_PRINT_H
#define SLO_PRINT_H

#include "slo/slo.h"

/* good / total. */
bool slo_print_sli(char *out, const struct slo_result *result);

/* The share of the budget of the known events that is spent, and that is left. There is
 * none without events, nor for a target of 1 with bad events. */
bool slo_print_consumed(char *out, const struct slo_result *result,
    const struct decimal *target);
bool slo_print_remaining(char *out, const struct slo_result *result,
    const struct decimal *target);

void slo_print_coverage(char *out, const struct slo_result *result);

/* How long no event came, in seconds. */
bool slo_print_silent(char *out, const struct slo_result *result);

void slo_print_factor(char *out, const struct slo_burn *burn);

/* The share of bad events, unknown ones taken as good, as a multiple of the share that the
 * target allows. */
bool slo_print_burn(char *out, const struct slo_counts *counts,
    const struct decimal *target);

/* How rare evidence must be: "0.0001" for one line. */
void slo_print_alpha(char *out, const struct slo_result *result);

/* How often so many events or more are bad by chance, in a service that just meets the
 * target: six digits, perhaps with an exponent. For people, not to be compared. */
void slo_print_chance(char *out, const struct slo_proof *proof,
    const struct decimal *target);

/* Returns how many of n events may be bad, as a whole number. n is 0 or more. */
int64_t slo_allowed_count(int64_t n, const struct decimal *target);

#endif
