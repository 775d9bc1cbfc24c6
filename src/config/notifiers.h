// SPDX-License-Identifier: GPL-3.0-or-later
/* notifiers - the ways to tell that the configuration names:
 *
 *     (notifier oncall (email "a@example.org" "b@example.org"))
 *     (notifier chat (webhook "https://chat.example.org/hook" (header "X-Key: …")
 *                     (template "{\"text\":\"{{headline}}\"}") (method "POST")))
 *     (notifier pager (exec "/usr/bin/apprise" "-c" "/etc/apprise" (timeout "1m")))
 *     (notifier phone (ntfy "https://ntfy.sh/topic" (token "…")))
 *     (notifier audit (log "/var/log/alerts"))
 *
 * Two are there without being named: "mailto", mail to (mailto …), and "log", the file
 * (log …). To add a kind: a row in the table of notifiers.c, and see notify/notifier.h.
 *
 * Comes from: config.c.  Goes to: alert/, notify/. */
#ifndef CONFIG_NOTIFIERS_H
#define CONFIG_NOTIFIERS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"

/* NULL: the configuration does not name it, as it does not name "log" and "mailto". */
const struct notifier_form *notifier_form_find(const struct config *config,
                                               const char *name);

/* It can be told by: named, or one of those two. */
bool notifier_is_known(const struct config *config, const char *name);

/* The text of a setting; NULL: it is not given. */
const char *notifier_form_text(const struct notifier_form *form, const char *key);

/* Each address that it has, its own copy of what is told: of "mailto" that of
 * (mailto …), where there is one; "" of a kind without addresses. A negative return of
 * each ends it, and is returned. */
int notifier_each_address(const struct config *config, const char *name,
                          int (*each)(void *context, const char *address),
                          void *context) MUST_USE;

/* ---- for config/ alone ---- */

struct place;
struct sexp;

/* list is (notifier …). -EINVAL names the place. */
int notifiers_read(const struct place *place, struct notifier_forms *forms,
                   const struct sexp *list) MUST_USE;

/* name is one behind (digest (to …)). */
int notifiers_check(const struct place *place, const struct config *config,
                    const struct sexp *name) MUST_USE;

bool notifiers_have_secret(const struct notifier_forms *forms);
void notifier_forms_clear(struct notifier_forms *forms);

#endif
