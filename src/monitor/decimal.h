// SPDX-License-Identifier: GPL-3.0-or-later
/* decimal - numbers as other programs print them: "12", "-0.5", ".5", "1.2e-3". */
#ifndef MONITOR_DECIMAL_H
#define MONITOR_DECIMAL_H

#include <stddef.h>

/* How many bytes at the start of text are a finite number; 0: there is none, and *ret
 * is as it was. Neither hexadecimal nor "inf" nor "nan" is one. */
size_t decimal_parse(const char *text, double *ret);

#endif
