// SPDX-License-Identifier: GPL-3.0-or-later
/* herd - when hosts were last heard, and which of them should have been since.
 *
 * Comes from: fetch.h.  Goes to: facts.c, host.c, status.c. */
#ifndef LOOK_HERD_H
#define LOOK_HERD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct json_t; /* jansson's */

/* host: as the server gives it in /v1/hosts. Three beats were due since it was seen; of
 * one that promised no beat nothing can be said. */
bool herd_is_silent(const struct json_t *host, int64_t now);

/* Of the answer of /v1/hosts those that are silent: an object with each of their names.
 * To be given back by json_decref. */
struct json_t *herd_silent(const struct json_t *answer) MUST_USE;

#endif
