// SPDX-License-Identifier: GPL-3.0-or-later
/* quiet - silences and acknowledgements of a server's store, said again when they were
 * said then.
 *
 * Comes from: store/ (a reader).  Goes to: the store of a trial. */
#ifndef REPLAY_QUIET_H
#define REPLAY_QUIET_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/trial.h"
#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

struct quiet;

int quiet_new(struct store *reader, struct quiet **ret, struct error *err) MUST_USE;
void quiet_free(struct quiet *quiet); /* NULL is fine */
AUTO_DEFINE(quiet)

/* Puts the silences that were made until then, and were not put yet. One that was ended
 * early has the end that it was given. */
int quiet_silence(struct quiet *quiet, struct trial *trial, int64_t until,
                  struct error *err) MUST_USE;

/* Acknowledges what was acknowledged until then, where such an incident is open in the
 * trial. *ret_is_any: one was. */
int quiet_acknowledge(struct quiet *quiet, struct trial *trial, int64_t until,
                      bool *ret_is_any, struct error *err) MUST_USE;

#endif
