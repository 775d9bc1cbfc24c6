// SPDX-License-Identifier: GPL-3.0-or-later
/* trouble - remembers on this machine which tags the server was told something bad of,
 * so that the first good run after it is told too, and then no more.
 *
 * A mark is an empty file in SPOOL/.trouble, named after the tag. Asking costs one
 * system call. A mark that cannot be written costs a recovery that is not told; a mark
 * too many, one success that is told without need. */
#ifndef BARK_TROUBLE_H
#define BARK_TROUBLE_H

#include <stdbool.h>

bool trouble_is_marked(const char *spool, const char *tag);
void trouble_mark(const char *spool, const char *tag);
void trouble_clear(const char *spool, const char *tag);

#endif
