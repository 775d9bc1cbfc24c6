// SPDX-License-Identifier: GPL-3.0-or-later
/* auto - a local that owns something gives it back when its scope ends.
 *
 *     AUTO(file) FILE *file = fopen(path, "re");      closed on every return
 *     *ret = TAKE(rules);                             handed over, not freed
 *
 * A type joins with AUTO_DEFINE(type) when it lives on the heap (type_free), or with
 * AUTO_DEFINE_CLEAR(type) when it is a plain struct (type_clear). */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AUTO(type) __attribute__((cleanup(type##_auto)))

#define AUTO_DEFINE(type)                                                              \
    static inline void type##_auto(struct type **owned)                                \
    {                                                                                  \
        type##_free(*owned);                                                           \
    }

#define AUTO_DEFINE_CLEAR(type)                                                        \
    static inline void type##_auto(struct type *owned)                                 \
    {                                                                                  \
        type##_clear(owned);                                                           \
    }

/* The value of p; p itself is NULL afterwards. */
#define TAKE(p)                                                                        \
    __extension__({                                                                    \
        __typeof__(p) taken_ = (p);                                                    \
        (p) = NULL;                                                                    \
        taken_;                                                                        \
    })

static inline void str_auto(char **owned)
{
    free(*owned);
}

static inline void file_auto(FILE **owned)
{
    if (*owned)
        fclose(*owned);
}

static inline void fd_auto(int *owned)
{
    if (*owned >= 0)
        close(*owned);
}

#endif
