// SPDX-License-Identifier: GPL-3.0-or-later
/* askers - threads that answer questions, each with a connection of its own, and of
 * low priority: nobody waits for a question but who asked it.
 *
 *     request ──> line ──> asker ──> done
 *
 * A question whose client has gone is stopped. All on the loop's thread, but the
 * function of a request's route. */
#ifndef DOOR_ASKERS_H
#define DOOR_ASKERS_H

#include <stdbool.h>

#include "base/auto.h"
#include "base/compiler.h"

struct askers;
struct request;
struct uv_loop_s;

#define ASKERS_WAITING_MAX 32 /* requests in the line */

/* path: of the store. */
struct askers *askers_new(struct uv_loop_s *loop, const char *path);

/* NULL is fine; must be idle. Its memory is freed by the loop's next turn. */
void askers_free(struct askers *askers);
AUTO_DEFINE(askers)

/* A request, which rests, with its question; done is called on the loop when it has its
 * reply. False: too many wait. */
bool askers_put(struct askers *askers, struct request *request,
                void (*done)(struct request *request)) MUST_USE;

/* Stops all that run and wait: each is done soon. */
void askers_stop(struct askers *askers);

#endif
