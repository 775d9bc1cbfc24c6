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
#include "base/compiler.h"
#include "base/error.h"
#include "datalog/catalogue.h"
#include "store/store.h"

/* now: ms, until which what goes on lasts. All of *ret lives in the arena, and is right
 * as long as the store does not change: within one read of it. Errors as of the store.
 */
int relations_load(struct store *store, int64_t now, struct arena *arena,
                   struct catalogue *ret, struct error *err) MUST_USE;

#endif
