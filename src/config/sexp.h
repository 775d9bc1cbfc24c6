// SPDX-License-Identifier: GPL-3.0-or-later
/* sexp - reads S-expressions, the form of every configuration.
 *
 *     (host "localhost")          a list of a symbol and a string
 *     (port . 7777)               a dotted pair reads as the list (port 7777)
 *     ; comment   #| comment |#   #;(a datum that is left out)
 *
 * Comes from: files.  Goes to: config.c, edit.c.  Bounds: lists in lists 64 levels
 * deep, 1 000 000 words and lists: the manifest of a large system of Guix is one. */
#ifndef CONFIG_SEXP_H
#define CONFIG_SEXP_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

enum sexp_type {
    SEXP_LIST,
    SEXP_SYMBOL,  /* a bare word, numbers among them */
    SEXP_STRING,  /* "…" with \" \\ \n \t \r \xHH; */
    SEXP_BOOLEAN, /* #t #f #true #false; text is "#t" or "#f" */
};

struct sexp {
    enum sexp_type type;
    int line, column;   /* where it starts, from 1; a column counts characters */
    size_t from, to;    /* the bytes of the text that it takes */
    char *text;         /* NULL for a list; holds no NUL within */
    struct sexp *items; /* of a list */
    size_t count;
};

/* Reads all of text. The result is a list of what stands at the top level, to be freed
 * by sexp_free. Errors: -EINVAL, "LINE:COLUMN: what was found, what was expected". */
int sexp_parse(const char *text, size_t size, struct sexp **ret, struct error *err)
    MUST_USE;
void sexp_free(struct sexp *sexp); /* NULL is fine; only for what sexp_parse gave */
AUTO_DEFINE(sexp)

/* "a list", "the word foo", "the string \"bar\"", "#t": for sentences. */
const char *sexp_describe(const struct sexp *sexp, char ret[], size_t size);

#endif
