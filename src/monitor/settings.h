// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - what a monitor can be told, as a table; and what one instance was told.
 *
 *     (monitor disk (every "1m") (warn "90%") (fail "97%") (only "/" "/export"))
 *
 * Comes from: config.h (struct monitor_form) with the tables of monitor.h and of
 * plugins.  Goes to: the monitors, which ask by name. */
#ifndef MONITOR_SETTINGS_H
#define MONITOR_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"

enum setting_type {
    SETTING_TEXT,
    SETTING_TEXTS,    /* any number of texts */
    SETTING_NUMBER,   /* double */
    SETTING_PERCENT,  /* 0 to 100, written "90%" or 90 */
    SETTING_SIZE,     /* bytes */
    SETTING_DURATION, /* ms */
    SETTING_FLAG,     /* #t #f */
    SETTING_SECRET,   /* a text that nobody else may read, as a password */
    SETTING_SECRETS,  /* any number of those */
};

/* As a fallback: there is none, and the setting must be said. */
extern const char setting_required[];

struct setting {
    const char *name; /* NULL ends a table */
    enum setting_type type;
    const char *fallback; /* as in a file, texts parted by blanks; NULL: not set;
                             setting_required: it must be given */
    const char *unit;     /* of a number, for people; NULL: none */
    const char *help;     /* one line */
};

const char *setting_type_name(enum setting_type type);            /* "duration" */
int setting_type_parse(const char *name, enum setting_type *ret); /* -EINVAL */
bool setting_type_is_list(enum setting_type type);                /* of texts */

/* Those that every monitor has:
 *   every     how long from one look to the next
 *   timeout   after which a look is ended
 *   times     how many looks in a row must find a state worse than the last one said,
 *             until that is said (better ones are said at once); from 1
 *   tag       instead of the monitor's name
 */
extern const struct setting settings_common[];

struct settings;

/* A number, a percentage, a size or a duration that is told "off" is not set, whatever
 * its fallback; but for those of settings_common.
 *
 * form: NULL: the fallbacks alone; its line 0: it stands in no file. Tables are lent
 * for as long as the settings are there; fallbacks in every and timeout are those of
 * the monitor. -EINVAL, "PATH:LINE: COLUMN: …": no setting has that name (did you
 * mean), or the value is none of its type, or is required and missing. */
struct settings_tables {
    const struct setting *own; /* may say every, timeout, times, tag anew: its fallback
                                  holds then */
    const char *path;          /* of the configuration, for errors */
};
int settings_read(const struct settings_tables *tables, const struct monitor_form *form,
                  struct settings **ret, struct error *err) MUST_USE;
void settings_free(struct settings *settings); /* NULL is fine */
AUTO_DEFINE(settings)

/* Whether one that is a secret is set, or any is a URL with a password in it: the
 * configuration is then to be kept from others. */
bool settings_hold_secret(const struct settings *settings);

/* Of a setting of that name and type: anything else is our own mistake. */
bool settings_has(const struct settings *settings, const char *name);
const char *settings_text(const struct settings *settings, const char *name); /* NULL */
const struct texts *settings_texts(const struct settings *settings, const char *name);
double settings_number(const struct settings *settings,
                       const char *name); /* and percent */
int64_t settings_size(const struct settings *settings, const char *name);
int64_t settings_duration(const struct settings *settings, const char *name);
bool settings_flag(const struct settings *settings, const char *name);

/* Of any of the types that are one number; a duration in seconds. */
double settings_value(const struct settings *settings, const char *name);

/* The same settings in the same words: an instance may be kept when it is read anew. */
bool settings_are_same(const struct settings *one, const struct settings *other);

/* For plugins: appends {"warn":90,"only":["/"],…}, sizes in bytes, durations in
 * seconds; what is not set is left out. */
void settings_format(const struct settings *settings, struct strbuf *json);

/* For plugins: each as SHEEPDOG_NAME=VALUE (warn-after: SHEEPDOG_WARN_AFTER), several
 * texts parted by newlines, a flag as 1 or 0; added to ret. */
void settings_environment(const struct settings *settings, struct texts *ret);

#endif
