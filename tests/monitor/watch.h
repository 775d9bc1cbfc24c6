// SPDX-License-Identifier: GPL-3.0-or-later
/* watch - a monitor with settings as in a configuration, which looks as often as a test
 * says; and what its last look found.
 *
 *     AUTO(watch) struct watch watch;          at a machine made of files, in a time
 *     watch_begin(&watch, "load", "(warn 1)"); that goes on as the test says
 *     watch_put(&watch, "/proc/loadavg", "0.1 0.2 0.3 1/2 3\n");
 *     assert_int_equal(watch_look(&watch, 60), 0);
 *     assert_state(&watch, NULL, STATE_OK, "…");
 *
 *     struct watch watch = watch_start(&monitor_disk, "(only \"/a\")", root);
 *     watch_look(&watch, 0);                   at what there is below root, now
 *     assert_string_equal(watch_text(&watch, "/a"), "fail: nothing is mounted there");
 *     watch_end(&watch); */
#ifndef TESTS_MONITOR_WATCH_H
#define TESTS_MONITOR_WATCH_H

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "monitor/monitor.h"

#define WATCH_NOW INT64_C(1795340888123) /* ms; 2026-11-22 */

struct watch {
    const struct monitor *monitor;
    struct config *config;
    struct settings *settings;
    char *root;
    bool is_root_its_own; /* a folder made for it */
    int64_t now;          /* ms since 1970 UTC */
    int64_t monotonic;    /* us */
    void *memory;         /* the monitor's */
    char *text;           /* watch_text's */
    struct findings findings;
    struct error err;
};

static inline void watch_configure(struct watch *watch, const char *form)
{
    AUTO(str) char *text = text_format("(monitor %s %s)", watch->monitor->name, form);
    struct settings_tables tables = {.own = watch->monitor->settings, .path = "conf"};
    if (config_parse("conf", text, strlen(text), &watch->config, &watch->err) < 0 ||
        settings_read(&tables, &watch->config->monitors.items[0], &watch->settings,
                      &watch->err) < 0)
        fail_msg("%s", watch->err.text);
}

/* form: what stands behind the name in the configuration: "(warn 1)", or "". */
static inline void watch_begin(struct watch *watch, const char *name, const char *form)
{
    *watch = (struct watch){.monitor = monitor_find(name),
                            .root = folder_make(),
                            .is_root_its_own = true,
                            .now = WATCH_NOW,
                            .monotonic = 1000000000};
    assert_non_null(watch->monitor);
    watch_configure(watch, form);
}

static inline struct watch watch_start(const struct monitor *monitor, const char *form,
                                       const char *root)
{
    struct watch watch = {.monitor = monitor,
                          .root = text_copy(root),
                          .now = clock_now(),
                          .monotonic = clock_monotonic()};
    watch_configure(&watch, form);
    return watch;
}

/* A tree of tests/data/roots in the place of its own; name NULL: this machine. */
static inline void watch_recorded(struct watch *watch, const char *name)
{
    assert_int_equal(folder_remove(watch->root), 0);
    watch->is_root_its_own = false;
    watch->root = name ? text_format("tests/data/roots/%s", name) : text_copy("");
}

static inline void watch_put(const struct watch *watch, const char *path,
                             const char *text)
{
    AUTO(str) char *whole = text_format("%s%s", watch->root, path);
    AUTO(str) char *folder = text_copy(whole);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(files_make_folder(folder, 0700, NULL), 0);
    AUTO(file) FILE *file = fopen(whole, "we");
    assert_non_null(file);
    fputs(text, file);
}

/* What that monitor is given; what the look before found is gone. */
static inline struct look watch_prepare(struct watch *watch)
{
    findings_clear(&watch->findings);
    watch->err = (struct error){0};
    return (struct look){.settings = watch->settings,
                         .root = watch->root,
                         .now = watch->now,
                         .monotonic = watch->monotonic,
                         .memory = &watch->memory,
                         .findings = &watch->findings};
}

/* Looks, so many seconds after the look before. */
static inline int watch_look(struct watch *watch, int seconds)
{
    watch->now += (int64_t)seconds * 1000;
    watch->monotonic += (int64_t)seconds * 1000000;
    struct look look = watch_prepare(watch);
    return watch->monitor->look(&look, &watch->err);
}

/* Reads what its program would have printed. */
static inline int watch_read(struct watch *watch, int status, const char *out)
{
    struct ended ended = {
        .status = status, .out = out, .errors = "", .out_size = strlen(out)};
    struct look look = watch_prepare(watch);
    return watch->monitor->read(&look, &ended, &watch->err);
}

static inline const struct finding *watch_find(const struct watch *watch,
                                               enum finding_type type, const char *part,
                                               const char *name)
{
    for (size_t i = 0; i < watch->findings.count; i++) {
        const struct finding *finding = &watch->findings.items[i];
        bool is_part =
            part ? finding->part && strcmp(finding->part, part) == 0 : !finding->part;
        if (finding->type == type && is_part &&
            (!name || strcmp(finding->name, name) == 0))
            return finding;
    }
    return NULL;
}

/* NAN: there is none of that name. */
static inline double watch_reading(const struct watch *watch, const char *part,
                                   const char *name)
{
    const struct finding *finding = watch_find(watch, FINDING_READING, part, name);
    return finding ? finding->value : NAN;
}

/* "STATE: TEXT" of a part; "" where it has none. Lent until the next call. */
static inline const char *watch_text(struct watch *watch, const char *part)
{
    const struct finding *state = watch_find(watch, FINDING_STATE, part, NULL);
    free(watch->text);
    watch->text = state ? text_format("%s: %s", state_name(state->state), state->text)
                        : text_copy("");
    return watch->text;
}

static inline void assert_state(const struct watch *watch, const char *part,
                                enum state state, const char *text)
{
    const struct finding *finding = watch_find(watch, FINDING_STATE, part, NULL);
    if (!finding)
        fail_msg("no state is said of %s", part ? part : "the whole");
    assert_string_equal(finding->text, text);
    assert_string_equal(state_name(finding->state), state_name(state));
}

static inline void assert_no_state(const struct watch *watch, const char *part)
{
    assert_null(watch_find(watch, FINDING_STATE, part, NULL));
}

static inline void assert_reading(const struct watch *watch, const char *part,
                                  const char *name, double value, const char *unit)
{
    const struct finding *finding = watch_find(watch, FINDING_READING, part, name);
    if (!finding)
        fail_msg("%s: there is no reading %s", watch->monitor->name, name);
    assert_float_equal(finding->value, value, 1e-6);
    assert_string_equal(finding->unit, unit);
}

static inline void watch_end(struct watch *watch)
{
    findings_clear(&watch->findings);
    if (watch->monitor->forget)
        watch->monitor->forget(watch->memory);
    settings_free(watch->settings);
    config_free(watch->config);
    free(watch->text);
    if (watch->is_root_its_own)
        assert_int_equal(folder_remove(watch->root), 0);
    else
        free(watch->root);
}

static inline void watch_auto(struct watch *watch)
{
    watch_end(watch);
}

/* It cannot look at a machine that lacks the file, nor where the file is nonsense. */
static inline void assert_needs(const char *name, const char *path)
{
    AUTO(watch) struct watch watch;
    watch_begin(&watch, name, "");
    assert_int_equal(watch_look(&watch, 0), -ENOENT);
    assert_non_null(strstr(watch.err.text, path));
    static const char *const nonsense[] = {"", "\n", "nonsense\n", "\x01\xFF 1 2 3\n"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        watch_put(&watch, path, nonsense[i]);
        assert_int_equal(watch_look(&watch, 60), -EBADMSG);
        assert_non_null(strstr(watch.err.text, path));
        assert_int_equal(watch.findings.count, 0);
    }
}

#endif
