// SPDX-License-Identifier: GPL-3.0-or-later
/* notifier - a way to tell a person: one kind of them.
 *
 * Comes from: teller.c.  Goes to: a mail server, a log file, a web server, a program.
 * To add one: write notify/KIND.c with a `const struct notifier notifier_KIND`, name it
 * twice in notifiers.c, and give it a row in config/notifiers.c. */
#ifndef NOTIFY_NOTIFIER_H
#define NOTIFY_NOTIFIER_H

#include "base/compiler.h"
#include "base/error.h"
#include "config/config.h"
#include "notify/notice.h"

struct notifier {
    const char *name; /* of the kind */

    /* Required. Makes what it needs from the settings, which it copies; *ret is passed
     * to tell and close. form: NULL for "log" and "mailto", which the configuration
     * does not name. What fails is tried again with the next telling. */
    int (*open)(const struct config *config, const struct notifier_form *form,
                void **ret, struct error *err);

    /* Required. Tells one thing; may take long, but not for ever, for the daemon's end
     * waits for it. 0: it is told, and will not be tried again; negative: it is tried
     * again later. */
    int (*tell)(void *state, const struct notice *notice, struct error *err);

    /* Required; NULL is fine. Runs where tell runs, and may take as long. */
    void (*close)(void *state);
};

extern const struct notifier *const notifiers[]; /* ends with NULL */

const struct notifier *notifier_find(const char *kind); /* NULL: none of that name */

/* The kind of the one that the configuration calls so; *ret_form: as open takes it.
 * NULL: it names none. */
const struct notifier *notifier_named(const struct config *config, const char *name,
                                      const struct notifier_form **ret_form);

#endif
