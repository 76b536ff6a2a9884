/* SPDX-License-Identifier: ISC */
#include "fetch/admission.h"
#include "base/mem.h"

#include <stdlib.h>

int
fetch_admission_init(struct fetch_admission *admission,
    const char *const *specifications, size_t count, struct err *err)
{
	admission->rates = mem_new(count + 1, sizeof(admission->rates[0]));
	for (admission->rate_count = 0; admission->rate_count < count;
	    admission->rate_count++)
		if (rate_open(&admission->rates[admission->rate_count],
		    specifications[admission->rate_count], err) < 0) {
			fetch_admission_release(admission);
			return -1;
		}
	return 0;
}

void
fetch_admission_release(struct fetch_admission *admission)
{
	for (size_t i = 0; i < admission->rate_count; i++)
		rate_close(admission->rates[i]);
	free(admission->rates);
	admission->rates = NULL;
	admission->rate_count = 0;
}

bool
fetch_admission_applies(const struct fetch_admission *admission,
    const char *host, enum role role)
{
	for (size_t i = 0; i < admission->rate_count; i++)
		if (rate_applies(admission->rates[i], host, role))
			return true;
	return false;
}

int64_t
fetch_admission_earliest(const struct fetch_admission *admission,
    const char *host, enum role role, int64_t now_ns)
{
	int64_t earliest = now_ns;

	for (size_t i = 0; i < admission->rate_count; i++)
		if (rate_applies(admission->rates[i], host, role)) {
			int64_t at = rate_earliest(admission->rates[i], now_ns);

			if (at > earliest)
				earliest = at;
		}
	return earliest;
}

void
fetch_admission_take(struct fetch_admission *admission, const char *host,
    enum role role)
{
	for (size_t i = 0; i < admission->rate_count; i++)
		if (rate_applies(admission->rates[i], host, role))
			rate_take(admission->rates[i]);
}

void
fetch_admission_sent(struct fetch_admission *admission, const char *host,
    enum role role, int64_t now_ns)
{
	for (size_t i = 0; i < admission->rate_count; i++)
		if (rate_applies(admission->rates[i], host, role))
			rate_sent(admission->rates[i], now_ns);
}
