// SPDX-License-Identifier: GPL-3.0-or-later
/* say - messages that go into a fixture's store by their handlers. */
#ifndef TESTS_RULES_SAY_H
#define TESTS_RULES_SAY_H

#include "handler/handler.h"

static unsigned say_number; /* of the next message */

/* A message of NOON and so many seconds. */
static void say(struct fixture *fixture, int seconds, const char *fields)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    clock_format_utc(NOON + seconds * 1000, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"time\":\"%s\",%s}",
                             id_of(say_number++, id), when, fields);
    AUTO(config) struct config *config = config_new();
    AUTO(message) struct message *message = message_read(json);
    struct handling handling = {.store = fixture->store, .config = config};
    message->time = NOON + seconds * 1000;
    handling.came = handling.now = message->time;
    fixture_begin(fixture);
    assert_done(fixture, handler_run(&handling, message, &fixture->err));
    fixture_commit(fixture);
}

#endif
