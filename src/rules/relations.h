// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - what a store holds, as relations that questions may use: the views of
 * relations.sql; the facts that Sheepdog knows by itself, from before any host spoke of
 * them; and those that hosts and plugins declared.
 *
 * Comes from: store/.  Goes to: datalog/, and GET /v1/relations. */
#ifndef RULES_RELATIONS_H
#define RULES_RELATIONS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "datalog/catalogue.h"
#include "store/store.h"

/* What is known of a store's relations from one read of it to the next. */
struct relations;

struct relations *relations_new(struct store *store); /* lent */
void relations_free(struct relations *relations);     /* NULL is fine */
AUTO_DEFINE(relations)

/* Until when what goes on lasts: as now and is_now_moving of check.h. */
struct relations_time {
    int64_t now; /* ms */
    bool is_moving;
};

/* Reads them anew where they have changed. *ret is lent, by the relations until the
 * next load and by the arena, and is right within one read of the store. Errors as of
 * the store. */
int relations_load(struct relations *relations, const struct relations_time *time,
                   struct arena *arena, struct catalogue *ret, struct error *err)
    MUST_USE;

#endif
