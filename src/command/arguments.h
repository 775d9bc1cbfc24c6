// SPDX-License-Identifier: GPL-3.0-or-later
/* arguments - the words of a call, read along a table that is its help too.
 *
 *     -c FILE   --limit 20   --limit=20   --json   --   PLAIN WORDS, in any place
 *
 * To add an option: a member in the command's struct, a row in its table. */
#ifndef COMMAND_ARGUMENTS_H
#define COMMAND_ARGUMENTS_H

#include <stddef.h>
#include <stdio.h>

#include "base/compiler.h"
#include "base/error.h"

enum argument_type {
    ARGUMENT_FLAG,  /* bool; takes no value */
    ARGUMENT_TEXT,  /* const char *, lent by argv */
    ARGUMENT_COUNT, /* int, from 1 to 10000 */
    ARGUMENT_TIME,  /* int64_t, ms since 1970 UTC; see when.h */
};

struct argument {
    const char *name;  /* "--json" or "-c" */
    const char *value; /* as the help names it; NULL for a flag */
    const char *help;
    enum argument_type type;
    size_t offset; /* in the command's struct */
};

struct arguments {
    const char *usage;            /* "sheepdog list [OPTION …]" */
    const char *about;            /* a sentence or two */
    const struct argument *table; /* ends with a NULL name */
    const char *word; /* the one plain word it needs: "ID"; NULL: takes none */
};

/* Fills in target; *ret_word is the plain word (lent), or NULL where none is taken.
 * -EINVAL: an unknown or incomplete option, a word too many or too few, in words.
 * -ECANCELED: --help or -h was among them, and the help is wanted instead. */
int arguments_read(const struct arguments *arguments, int argc, char **argv,
                   void *target, const char **ret_word, struct error *err) MUST_USE;

void arguments_help(const struct arguments *arguments, FILE *to);

/* What a command begins with. -1: go on, with *ret_word. Else its exit status: the help
 * went to stdout, or what is wrong to stderr. */
int arguments_begin(const struct arguments *arguments, int argc, char **argv,
                    void *target, const char **ret_word) MUST_USE;

#endif
