// SPDX-License-Identifier: GPL-3.0-or-later
/* touched - what was stored since rules were last judged: which relations, and of which
 * (host, tag). It says at most too much.
 *
 * Comes from: handler/, on the store's worker.  Goes to: alert/judge.h. */
#ifndef STORE_TOUCHED_H
#define STORE_TOUCHED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"

#define TOUCHED_MAX 10000 /* (host, tag)s; with more, all are */

struct touched;

struct touched *touched_new(void);
void touched_free(struct touched *touched); /* NULL is fine */
AUTO_DEFINE(touched)

/* Rows of this relation that bear this host and this tag. tag NULL: of the host, any;
 * host NULL: any. */
void touched_add(struct touched *touched, const char *relation, const char *host,
                 const char *tag);
void touched_add_all(struct touched *touched); /* anything may be */

/* Moves all of the one into the other, which it leaves empty. */
void touched_move(struct touched *from, struct touched *to);

bool touched_is_empty(const struct touched *touched);
bool touched_is_all(const struct touched *touched);
bool touched_has(const struct touched *touched, const char *relation);

/* Each (host, tag) of relations that wanted says yes to; tag NULL: any of the host,
 * host NULL: any at all. Each at most once. */
void touched_each(const struct touched *touched,
                  bool (*wanted)(void *context, const char *relation),
                  void (*each)(void *context, const char *host, const char *tag),
                  void *context);

#endif
