// SPDX-License-Identifier: GPL-3.0-or-later
/* expect - --every and --grace: that something comes again, as a job or a note promises
 * it.
 *
 * Comes from: run.c, bark.c.  Goes to: a message's expect and grace. */
#ifndef COMMAND_EXPECT_H
#define COMMAND_EXPECT_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

#define EXPECT_EVERY_HELP                                                              \
    "it comes again so often: 1d, \"0 3 * * *\", \"Mon..Fri 3:00\""
#define EXPECT_GRACE_HELP "so late it may be; else a fifth of the time between"
#define EXPECT_NO_GRACE   (-1)

/* Whether they can be sent. every: a duration, a calendar or "off"; NULL: not given. */
int expect_check(const char *every, int64_t grace, struct error *err) MUST_USE;

#endif
