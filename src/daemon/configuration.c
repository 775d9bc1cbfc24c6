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

int configuration_open(const char *conf, struct configuration *ret, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    int rc = config_open(conf, &config, err);
    if (rc == 0)
        rc = check_redaction(config, err);
    if (rc == 0)
        *ret = (struct configuration){.config = TAKE(config)};
    return rc;
}

void configuration_take(struct configuration *configuration, struct stock *stock)
{
    roster_free(configuration->roster);
    configuration->roster = roster_read(configuration->config, stock);
}

int configuration_check(const struct configuration *configuration,
                        void (*say)(const char *sentence), struct error *err)
{
    const struct texts *faults = &configuration->roster->faults;
    for (size_t i = 0; i < faults->count; i++)
        say(faults->items[i]);
    if (faults->count == 0)
        return 0;
    return error_set(err, -EINVAL, "the configuration has %zu fault%s", faults->count,
                     faults->count == 1 ? "" : "s");
}

int configuration_read(const char *conf, void (*say)(const char *sentence),
                       struct configuration *ret, struct error *err)
{
    AUTO(configuration) struct configuration read = {0};
    struct stock unknown = {.is_open = true};
    int rc = configuration_open(conf, &read, err);
    if (rc < 0)
        return rc;
    configuration_take(&read, &unknown);
    rc = configuration_check(&read, say, err);
    if (rc < 0)
        return rc;
    *ret = read;
    read = (struct configuration){0};
    return 0;
}

void configuration_clear(struct configuration *configuration)
{
    roster_free(configuration->roster);
    config_free(configuration->config);
    *configuration = (struct configuration){0};
}
