// SPDX-License-Identifier: GPL-3.0-or-later
/* expected - what the server's configuration expects to come again and again, put into
 * the store.
 *
 * Comes from: config/expects.h.  Goes to: store/incidents.h. */
#ifndef ALERT_EXPECTED_H
#define ALERT_EXPECTED_H

#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "store/store.h"
#include "store/touched.h"

/* In place of what it expected before; within a transaction. touched: gets what it
 * changed. */
int expected_put(struct store *store, const struct config *config, int64_t now,
                 struct touched *touched, struct error *err) MUST_USE;

#endif
