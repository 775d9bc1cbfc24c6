// SPDX-License-Identifier: GPL-3.0-or-later
/* stranded - the notifiers for which something waits, but for those that there are. */
#include "alert/stranded.h"

#include "base/log.h"
#include "base/memory.h"
#include "config/notifiers.h"

struct search {
    const struct config *config;
    struct texts gone;
};

static void note_gone(void *context, const char *notifier)
{
    struct search *search = context;
    if (!notifier_is_known(search->config, notifier))
        texts_add(&search->gone, notifier);
}

struct addressee stranded_default(const struct config *config)
{
    return *config->mailto
               ? (struct addressee){.notifier = "mailto", .address = config->mailto}
               : (struct addressee){.notifier = "log", .address = ""};
}

int stranded_tell(struct store *store, const struct config *config, int64_t now,
                  struct error *err)
{
    struct search search = {.config = config};
    const struct addressee to = stranded_default(config);
    int rc = store_each_awaited(store, note_gone, &search, err);
    for (size_t i = 0; rc == 0 && i < search.gone.count; i++) {
        const char *gone = search.gone.items[i];
        log_warning(
            "outbox: %s: the configuration does not have it; what waited for it "
            "is told by %s",
            gone, to.notifier);
        rc = store_redirect(store, gone, &to, now, err);
    }
    texts_clear(&search.gone);
    return rc;
}
