// SPDX-License-Identifier: GPL-3.0-or-later
/* trial - one monitor with settings as in a configuration, and what its looks find.
 *
 *     struct trial trial = trial_start(&monitor_disk, "(only \"/a\")", root);
 *     trial_look(&trial);
 *     assert_string_equal(trial_text(&trial, "/a"), "fail: nothing is mounted there");
 *     trial_stop(&trial); */
#ifndef TESTS_MONITOR_TRIAL_H
#define TESTS_MONITOR_TRIAL_H

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "config/config.h"
#include "monitor/helper.h"
#include "monitor/monitor.h"

struct trial {
    const struct monitor *monitor;
    struct config *config;
    struct settings *settings;
    struct findings findings; /* of the last look */
    struct look look;
    void *memory;
    char *text;
    struct error err;
};

/* settings: "(warn \"90%\") (only \"/\")"; "" for the defaults. */
static inline struct trial trial_start(const struct monitor *monitor,
                                       const char *settings, const char *root)
{
    struct trial trial = {.monitor = monitor};
    AUTO(str) char *form = text_format("(monitor %s %s)", monitor->name, settings);
    if (config_parse("test", form, strlen(form), &trial.config, &trial.err) < 0 ||
        settings_read(
            &(struct settings_tables){.own = monitor->settings, .path = "test"},
            &trial.config->monitors.items[0], &trial.settings, &trial.err) < 0) {
        fprintf(stderr, "%s\n", trial.err.text);
        abort();
    }
    trial.look =
        (struct look){.settings = trial.settings, .root = root, .now = clock_now()};
    return trial;
}

static inline void trial_prepare(struct trial *trial)
{
    findings_clear(&trial->findings);
    trial->look.findings = &trial->findings;
    trial->look.memory = &trial->memory;
    if (trial->look.monotonic == 0)
        trial->look.monotonic = clock_monotonic();
}

static inline int trial_look(struct trial *trial)
{
    trial_prepare(trial);
    return trial->monitor->look(&trial->look, &trial->err);
}

/* Reads what its program would have printed. */
static inline int trial_read(struct trial *trial, int status, const char *out)
{
    struct ended ended = {
        .status = status, .out = out, .errors = "", .out_size = strlen(out)};
    trial_prepare(trial);
    return trial->monitor->read(&trial->look, &ended, &trial->err);
}

static inline bool trial_is_part(const struct finding *finding, const char *part)
{
    return part ? finding->part && strcmp(finding->part, part) == 0 : !finding->part;
}

static inline const struct finding *trial_find(const struct trial *trial,
                                               enum finding_type type, const char *part,
                                               const char *name)
{
    for (size_t i = 0; i < trial->findings.count; i++) {
        const struct finding *finding = &trial->findings.items[i];
        if (finding->type == type && trial_is_part(finding, part) &&
            (!name || strcmp(finding->name, name) == 0))
            return finding;
    }
    return NULL;
}

/* "STATE: TEXT" of a part; "" where it has none. Lent until the next call. */
static inline const char *trial_text(struct trial *trial, const char *part)
{
    const struct finding *state = trial_find(trial, FINDING_STATE, part, NULL);
    free(trial->text);
    trial->text = state ? text_format("%s: %s", state_name(state->state), state->text)
                        : text_copy("");
    return trial->text;
}

/* NAN: there is none. */
static inline double trial_reading(const struct trial *trial, const char *part,
                                   const char *name)
{
    const struct finding *reading = trial_find(trial, FINDING_READING, part, name);
    return reading ? reading->value : NAN;
}

static inline void trial_stop(struct trial *trial)
{
    if (trial->monitor->forget)
        trial->monitor->forget(trial->memory);
    findings_clear(&trial->findings);
    settings_free(trial->settings);
    config_free(trial->config);
    free(trial->text);
}

#endif
