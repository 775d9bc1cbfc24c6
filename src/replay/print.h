// SPDX-License-Identifier: GPL-3.0-or-later
/* print - a ledger, for a person or for a program.
 *
 * Comes from: ledger.h.  Goes to: stdout. */
#ifndef REPLAY_PRINT_H
#define REPLAY_PRINT_H

#include <stdint.h>

#include "replay/ledger.h"

struct period {
    int64_t since, until, tick; /* ms */
};

void print_people(const struct ledger *ledger, const struct period *period);

/* {"since":…, "until":…, "tick":ms, "events":[{"time":…, "what":"new", "host":…,
 *  "tag":…, "severity":…, "text":…, "these":…|null, "then":…|null}, …],
 *  "both":N, "only_these":N, "only_then":N} */
void print_json(const struct ledger *ledger, const struct period *period);

#endif
