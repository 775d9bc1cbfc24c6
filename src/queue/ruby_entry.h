// SPDX-License-Identifier: GPL-3.0-or-later
/* ruby_entry - one event as the Ruby sheepdog writes it, to our message and back.
 *
 * {"time":"2021-01-10 00:33:41 -0600", "elapsed":12, "user":null, "host":"penguin2",
 *  "command":…, "tag":null, "stdout":null, "stderr":"", "status":0, "err":"SUCCESS"}
 *
 * time is the end of the run on the host's clock, elapsed whole seconds; a status of
 * null is a run that a signal ended. Its tools sort the events by their text, so time
 * stands first. What our message says more, or more exactly, goes along under
 * "sheepdog", which those tools pass over: so it comes back as it was.
 *
 * Comes from, goes to: ruby.c. */
#ifndef QUEUE_RUBY_ENTRY_H
#define QUEUE_RUBY_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"

/* Appends our message. Its id, where it has none, is made of the entry's time, text and
 * occurrence, so that the same entry gives the same message. -EINVAL: it is no such
 * event. */
int ruby_entry_read(const char *text, size_t size, unsigned occurrence,
                    struct strbuf *buf) MUST_USE;

/* Appends the event. -EINVAL: json is no object. -ENOMSG: it is a start, for which
 * those tools have no word. */
int ruby_entry_write(const char *json, size_t size, struct strbuf *buf,
                     struct error *err) MUST_USE;

#endif
