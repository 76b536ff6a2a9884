/* SPDX-License-Identifier: ISC */
#include "tel/role.h"

#include <string.h>

const char *
role_find(const char *text, size_t len)
{
	/* The unit test holds these against event.def. */
	static const char *const roles[] = { "metadata", "landing",
		ROLE_DEFAULT };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strlen(roles[i]) == len && memcmp(roles[i], text, len) == 0)
			return roles[i];
	return NULL;
}
