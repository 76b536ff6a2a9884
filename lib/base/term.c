/* SPDX-License-Identifier: ISC */
#include "base/term.h"
#include "base/num.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#define USUAL_WIDTH 80
#define MAX_WIDTH 100000

size_t
term_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t width;

	if (columns != NULL && num_integer(columns, 1, MAX_WIDTH, &width) == 0)
		return (size_t)width;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return USUAL_WIDTH;
}
