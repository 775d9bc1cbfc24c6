// SPDX-License-Identifier: GPL-3.0-or-later
/* expects - what the server's configuration expects of others, whether they promise it
 * or not:
 *
 *     (expect penguin2 backup (every "1d") (grace "2h"))
 *     (expect router "config saved" (every "Mon 03:00") (zone "Europe/Zurich"))
 *
 * for config/ alone.
 *
 * Comes from: config.c.  Goes to: store_put_expectations(), by way of alert/. */
#ifndef CONFIG_EXPECTS_H
#define CONFIG_EXPECTS_H

#include "base/compiler.h"
#include "config/config.h"

struct place;
struct sexp;

/* list is (expect …). -EINVAL names the place: what is missing, unknown or said twice;
 * an every that calendar/every.h cannot read, or a zone that is unknown here. */
int expects_read(const struct place *place, struct expect_forms *forms,
                 const struct sexp *list) MUST_USE;

#endif
