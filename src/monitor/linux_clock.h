// SPDX-License-Identifier: GPL-3.0-or-later
/* linux_clock - what the kernel knows of how right its clock is: adjtimex(2). Whatever
 * keeps it right, be it chrony, ntpd or systemd-timesyncd, tells the kernel. */
#ifndef MONITOR_LINUX_CLOCK_H
#define MONITOR_LINUX_CLOCK_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "monitor/monitor.h"

struct clock_quality {
    bool is_synchronised;
    double offset; /* seconds that are still to be made up for */
    double error;  /* seconds that it may be wrong at most */
};

/* With a root other than "" the file /adjtimex below it instead, which has the lines
 * "status N", "offset N" and "maxerror N", as the kernel gives them. */
int linux_clock_read(const struct look *look, struct clock_quality *ret,
                     struct error *err) MUST_USE;

#endif
