// SPDX-License-Identifier: GPL-3.0-or-later
/* options - a command's options as a table, which is also their help.
 *
 *     static const struct option_row options[] = {
 *         {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct call, conf), "…"},
 *         {0, "quiet", NULL, OPTION_FLAG, offsetof(struct call, is_quiet), "…"},
 *         {0},
 *     };
 *
 * Understood: -c FILE, -cFILE, --conf FILE, --conf=FILE, --quiet. They end at the first
 * word that is none, or behind "--". */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"

enum option_type {
    OPTION_FLAG,     /* bool; takes no value */
    OPTION_TEXT,     /* const char *, lent from argv */
    OPTION_TEXTS,    /* struct texts (config.h): may be given several times */
    OPTION_DURATION, /* int64_t ms */
    OPTION_SIZE,     /* int64_t bytes */
    OPTION_COUNT,    /* int64_t, 0 to 1000 */
    OPTION_NUMBER,   /* int64_t, 0 to 10^12 */
};

struct option_row {
    char letter;       /* 0: it has no short form */
    const char *name;  /* without its dashes */
    const char *value; /* what the help calls it; NULL for a flag */
    enum option_type type;
    size_t offset; /* in the struct that is filled */
    const char *help;
};

/* Reads argv from [1] on into the struct; *ret_next is the first word that is no
 * option. -EINVAL: an unknown one ("did you mean …?"), or a value that is missing or
 * wrong. */
int options_parse(const struct option_row *rows, int argc, char **argv, void *into,
                  int *ret_next, struct error *err) MUST_USE;

/* The plain words of a call; lent. */
struct words {
    char **items;
    size_t count;
};

/* The same where options may stand before, between and behind plain words, which are
 * moved to the front of argv. What follows "--" is a plain word. */
int options_parse_words(const struct option_row *rows, int argc, char **argv,
                        void *into, struct words *ret, struct error *err) MUST_USE;

void options_print(const struct option_row *rows); /* on stdout, aligned */

#endif
