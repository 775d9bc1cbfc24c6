// SPDX-License-Identifier: GPL-3.0-or-later
/* keys - reads the fields of JSON objects along tables; what is wrong is said with
 * the field's path: field "settings[1].type": found "txt", expected text, texts, …
 *
 * Used by: read.c, settings.c and relations.c of this folder. */
#ifndef PLUGIN_KEYS_H
#define PLUGIN_KEYS_H

#include <jansson.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "plugin/plugin.h"

#define KEYS_ITEMS_MAX 64  /* of a list */
#define KEYS_LINE_MAX  200 /* bytes */

/* What is read, and where we are in it. */
struct reader {
    struct plugin *plugin;
    char where[160]; /* "settings[1]."; "" */
    struct error *err;
};

/* Reads a value into the member at `to`. All return 0 or -EINVAL with words. */
typedef int key_fn(struct reader *reader, const char *name, const json_t *value,
                   void *to);

struct key {
    const char *name; /* NULL ends a table */
    bool is_required;
    key_fn *read;
    size_t offset; /* of the member in what keys_read fills */
};

/* No other fields than those of the table may be there: did you mean. */
int keys_read(struct reader *reader, const struct key *keys, const json_t *object,
              void *into) MUST_USE;

/* Each object of a list; the reader is there while read_one runs. */
int keys_each(struct reader *reader, const char *name, const json_t *list,
              int (*read_one)(struct reader *reader, const json_t *object,
                              void *context),
              void *context) MUST_USE;

key_fn keys_line;  /* char *: printable, on one line */
key_fn keys_name;  /* char *: a-z, digits and - */
key_fn keys_flag;  /* bool */
key_fn keys_texts; /* struct texts */

/* A text, a number or a flag as it would be written in a configuration, to be freed;
 * NULL: it is none of these. */
char *keys_text(const json_t *value) MUST_USE;

/* -EINVAL */
int keys_fail(const struct reader *reader, const char *name, const json_t *value,
              const char *expected);

/* The word is none of the known ones, which end with NULL and are listed; -EINVAL */
int keys_fail_word(const struct reader *reader, const char *name, const json_t *value,
                   const char *const *known);

/* settings.c: one object of "settings"; and "every" and "timeout", which are rows of
 * the table by which settings_read knows them. relations.c: one of "relations". */
int keys_setting(struct reader *reader, const json_t *object, void *context);
key_fn keys_duration;
int keys_relation(struct reader *reader, const json_t *object, void *context);

#endif
