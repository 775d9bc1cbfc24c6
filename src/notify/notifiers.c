// SPDX-License-Identifier: GPL-3.0-or-later
/* notifiers - the list. To add one: write notify/KIND.c, then name it twice below. */
#include "config/notifiers.h"

#include <string.h>

#include "notify/notifier.h"

extern const struct notifier notifier_log, notifier_email, notifier_webhook,
    notifier_exec, notifier_ntfy;

const struct notifier *const notifiers[] = {
    &notifier_log,  &notifier_email, &notifier_webhook,
    &notifier_exec, &notifier_ntfy,  NULL,
};

const struct notifier *notifier_find(const char *kind)
{
    for (int i = 0; notifiers[i]; i++)
        if (strcmp(notifiers[i]->name, kind) == 0)
            return notifiers[i];
    return NULL;
}

const struct notifier *notifier_named(const struct config *config, const char *name,
                                      const struct notifier_form **ret_form)
{
    *ret_form = notifier_form_find(config, name);
    if (*ret_form)
        return notifier_find((*ret_form)->kind);
    if (!notifier_is_known(config, name))
        return NULL;
    return strcmp(name, "mailto") == 0 ? &notifier_email : &notifier_log;
}
