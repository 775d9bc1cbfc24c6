// SPDX-License-Identifier: GPL-3.0-or-later
/* sources - the queues that (read …) names, each read by a source of its own.
 *
 * Comes from: the configuration.  Goes to: handler/source.h. */
#ifndef SERVER_SOURCES_H
#define SERVER_SOURCES_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/worker.h"
#include "config/config.h"
#include "queue/intake.h"
#include "store/store.h"

struct uv_loop_s;
struct sources;

struct sources_parts {
    struct uv_loop_s *loop;
    struct worker *worker; /* whose jobs alone use the store */
    struct store *store;   /* knows how far each is read */
    struct intake *intake;
    void (*pushed)(void *context); /* as of a source */
    void *context;
};

/* -EINVAL: one of the places cannot be read. */
int sources_check(const struct config *config, struct error *err) MUST_USE;

struct sources *sources_new(const struct sources_parts *parts);

/* Those of the configuration are read from now on, each from where it was left; those
 * of the configuration before have ended when used (may be NULL) is called, on the
 * loop. config, which was checked, is lent until another one is used. The next use
 * waits for used. */
void sources_use(struct sources *sources, const struct config *config,
                 void (*used)(void *context), void *context);

/* No further batch is read; stopped is called when what is under way is stored and
 * acknowledged, on the loop; a use that has not ended yet never does. */
void sources_stop(struct sources *sources, void (*stopped)(void *context),
                  void *context);

/* NULL is fine; when they have stopped, or before the loop ran. */
void sources_free(struct sources *sources);
AUTO_DEFINE(sources)

#endif
