// SPDX-License-Identifier: GPL-3.0-or-later
/* units - durations and sizes as people write them.
 *
 *     "90"  "90s"  "1h30m"  "250ms"  "1.5h"  "7d"  "2w"  "1y"     milliseconds
 *     "512"  "64K"  "64KiB"  "1.5M"  "4G"  "1T"                   bytes, powers of 1024
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

#define UNITS_TEXT_SIZE 32

/* A number without a unit is seconds; a year is 365 days. -EINVAL, -ERANGE (from
 * 140 000 years on) in words. */
int duration_parse(const char *text, int64_t *ret_ms, struct error *err) MUST_USE;

/* -EINVAL, -ERANGE in words. */
int size_parse(const char *text, int64_t *ret_bytes, struct error *err) MUST_USE;

/* The two largest units: "3 d 4 h", "1 h 30 min", "12.3 s", "250 ms". */
const char *duration_format(int64_t ms, char ret[UNITS_TEXT_SIZE]);

/* "512 B", "64 KiB", "1.5 MiB" */
const char *size_format(int64_t bytes, char ret[UNITS_TEXT_SIZE]);

#endif
