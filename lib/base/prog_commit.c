/* SPDX-License-Identifier: ISC
 *
 * The commit of a program that was given none. It is alone in its object: a
 * program that brings a prog_commit of its own never takes this one from libtel.a.
 */
#include "base/prog.h"

const char prog_commit[] = "";
