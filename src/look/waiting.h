// SPDX-License-Identifier: GPL-3.0-or-later
/* waiting - the messages that wait in the spool, for a person or as JSON.
 *
 * Comes from: bark/spool.h.  Goes to: stdout. */
#ifndef LOOK_WAITING_H
#define LOOK_WAITING_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

/* A line each, the oldest first; as JSON an array, without what cannot be read. */
int waiting_print_list(const char *folder, bool is_json, struct error *err) MUST_USE;

/* The whole of the one whose id has that part; as JSON an array of it alone. -EINVAL:
 * the part is too short; -ENOENT, -ENOTUNIQ: none or several have it. */
int waiting_print_one(const char *folder, const char *part, bool is_json,
                      struct error *err) MUST_USE;

#endif
