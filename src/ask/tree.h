// SPDX-License-Identifier: GPL-3.0-or-later
/* tree - a proof as the door gives it, read back, so that it is drawn as proof.h draws
 * it.
 *
 * Comes from: oracle.h.  Goes to: answer.h. */
#ifndef ASK_TREE_H
#define ASK_TREE_H

#include "base/arena.h"
#include "base/compiler.h"
#include "datalog/proof.h"

struct json_t; /* jansson's */

/* What is not known of it, or lacks, is left out. Lives in the arena, and lends the
 * texts of json. */
const struct proof *tree_read(const struct json_t *json, struct arena *arena) MUST_USE;

#endif
