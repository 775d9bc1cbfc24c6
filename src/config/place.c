// SPDX-License-Identifier: GPL-3.0-or-later
/* place - file, line and column stand before every sentence. */
#include "config/place.h"

#include <errno.h>
#include <stdio.h>

int place_fail(const struct place *place, const struct sexp *sexp, const char *what)
{
    return error_set(place->err, -EINVAL, "%s:%d:%d: %s", place->path, sexp->line,
                     sexp->column, what);
}

int place_fail_found(const struct place *place, const struct sexp *found,
                     const char *where, const char *wanted)
{
    char described[80], text[256];
    snprintf(text, sizeof text, "%.60s: found %s, expected %s", where,
             sexp_describe(found, described, sizeof described), wanted);
    return place_fail(place, found, text);
}

bool sexp_is_named_list(const struct sexp *sexp)
{
    return sexp->type == SEXP_LIST && sexp->count > 0 &&
           sexp->items[0].type == SEXP_SYMBOL;
}
