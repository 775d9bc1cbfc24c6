// SPDX-License-Identifier: GPL-3.0-or-later
/* place - where in which file something stands, for what is said of it; for config/
 * alone. */
#ifndef CONFIG_PLACE_H
#define CONFIG_PLACE_H

#include <stdbool.h>

#include "base/error.h"
#include "config/sexp.h"

/* Of one reading. */
struct place {
    const char *path;
    struct error *err;
};

/* "conf:3:7: WHAT"; always -EINVAL. */
int place_fail(const struct place *place, const struct sexp *sexp, const char *what);

/* "conf:3:7: WHERE: found a list, expected WANTED". */
int place_fail_found(const struct place *place, const struct sexp *found,
                     const char *where, const char *wanted);

/* A list whose first item is a bare word. */
bool sexp_is_named_list(const struct sexp *sexp);

#endif
