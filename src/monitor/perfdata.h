// SPDX-License-Identifier: GPL-3.0-or-later
/* perfdata - what a Nagios plugin measured: what stands behind the "|" of its output.
 *
 *     'label'=value[unit];[warn];[crit];[min];[max] …      parted by blanks or newlines
 *     '/'=1930MB;5948;5958;0;5968 'it''s used'=41.5%;~:80;@90:100 load=1.2e-1 rta=U
 *
 * Values are given in the base of their unit, as readings are:
 *     ns us µs ms s      -> s
 *     B KB MB … EB       -> B, by 1024, as the plugins themselves count
 *     KiB MiB … EiB      -> B, by 1024
 *     % and c, a counter, and every other unit, as they are
 *
 * The plugin's own thresholds, its least and its most are passed over: its state is
 * what it makes of them. */
#ifndef MONITOR_PERFDATA_H
#define MONITOR_PERFDATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

#define PERFDATA_UNIT_MAX 31 /* bytes */

struct perfdata {
    char *label;   /* without its quotes; not empty; any bytes but NUL */
    bool is_known; /* false: U, the plugin could not tell the value */
    double value;  /* finite; where it is known */
    char unit[PERFDATA_UNIT_MAX + 1]; /* "": a plain number */
};

void perfdata_clear(struct perfdata *perfdata);
AUTO_DEFINE_CLEAR(perfdata)

/* Reads the item at or behind *at. 1: *ret is one; 0: none is left; -EINVAL: what
 * stands there is none, in words. Each time *at is then behind what was read, so that
 * the next call goes on with the next item. */
int perfdata_next(const char *text, size_t *at, struct perfdata *ret, struct error *err)
    MUST_USE;

#endif
