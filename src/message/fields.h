// SPDX-License-Identifier: GPL-3.0-or-later
/* fields - what a message's JSON object holds, put into the struct.
 *
 * Comes from: parse.c. To add a field: a member of struct message, a row in fields.c, a
 * line in message_format. What only some kinds have is read by a file of its own:
 * readings.c, facts.c. */
#ifndef MESSAGE_FIELDS_H
#define MESSAGE_FIELDS_H

#include "base/compiler.h"
#include "base/error.h"
#include "message/message.h"

struct json_t; /* jansson's */

/* Fields that are unknown or left out are passed over. -EINVAL names the one that is
 * wrong, what was found in it and what was expected; -EPROTO: that is v or kind, and a
 * newer version may know it. message may be half filled. */
int fields_read(const struct json_t *object, struct message *message, struct error *err)
    MUST_USE;

/* "field \"name\": found …, expected …"; -EINVAL */
int fields_fail(const char *name, const struct json_t *value, const char *expected,
                struct error *err);

/* "1m" into ms; null changes nothing. -EINVAL, -ERANGE */
int fields_duration(const char *name, const struct json_t *value, int64_t *ret,
                    struct error *err) MUST_USE;

/* As fields_read, what a kind has beyond the fields of all: of a beat or a reading, and
 * of facts. */
int readings_read(const struct json_t *object, struct message *message,
                  struct error *err) MUST_USE;
int facts_read(const struct json_t *object, struct message *message, struct error *err)
    MUST_USE;

#endif
