// SPDX-License-Identifier: GPL-3.0-or-later
/* configuration - all of what is wrong is said, not the first of it alone. */
#include <errno.h>

#include "bark/redact.h"
#include "daemon/daemon.h"

static int check_redaction(const struct config *config, struct error *err)
{
    AUTO(redaction) struct redaction *redaction = NULL;
    return redaction_new(&config->redact, &redaction, err);
}

static void say_all(const struct texts *sentences, void (*say)(const char *sentence))
{
    for (size_t i = 0; i < sentences->count; i++)
        say(sentences->items[i]);
}

int configuration_read(const char *conf, void (*say)(const char *sentence),
                       struct configuration *ret, struct error *err)
{
    AUTO(configuration) struct configuration read = {0};
    int rc = config_open(conf, &read.config, err);
    if (rc == 0)
        rc = check_redaction(read.config, err);
    if (rc < 0)
        return rc;
    struct stock unknown = {.is_open = true};
    read.roster = roster_read(read.config, &unknown);
    const struct texts *faults = &read.roster->faults;
    say_all(faults, say);
    if (faults->count > 0)
        return error_set(err, -EINVAL, "the configuration has %zu fault%s",
                         faults->count, faults->count == 1 ? "" : "s");
    *ret = read;
    read = (struct configuration){0};
    return 0;
}

void configuration_take(struct configuration *configuration, struct stock *stock)
{
    roster_free(configuration->roster);
    configuration->roster = roster_read(configuration->config, stock);
}

void configuration_clear(struct configuration *configuration)
{
    roster_free(configuration->roster);
    config_free(configuration->config);
    *configuration = (struct configuration){0};
}
