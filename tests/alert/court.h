// SPDX-License-Identifier: GPL-3.0-or-later
/* court - a store, rules of a test's own, and a judge of both. */
#ifndef TESTS_ALERT_COURT_H
#define TESTS_ALERT_COURT_H

#include <errno.h>

#include "../folder.h"
#include "../store/fixture.h"

#include "alert/judge.h"
#include "base/files.h"
#include "handler/handler.h"

struct court {
    struct fixture *fixture;
    struct error *err;
    char *folder; /* of the rules */
    struct store *asker;
    struct judge *judge;
    struct touched *touched;
    struct judgement judgement;
    int64_t now;
    unsigned number; /* of the last message */
    size_t asked;    /* how often the why of an alert was thought of */
    bool wants_why;
    struct strbuf text;
};

static inline int court_open(void **state)
{
    struct court *court = memory_new(sizeof *court);
    const struct evaluation_limits limits = {.time = 10000};
    fixture_setup((void **)&court->fixture);
    court->err = &court->fixture->err;
    court->folder = folder_make();
    assert_done(court->fixture,
                store_open_asker(court->fixture->path, &court->asker, court->err));
    court->judge = judge_new(&limits);
    court->touched = touched_new();
    court->now = NOON;
    *state = court;
    return 0;
}

static inline int court_close(void **state)
{
    struct court *court = *state;
    judge_free(court->judge);
    touched_free(court->touched);
    judgement_clear(&court->judgement);
    strbuf_clear(&court->text);
    store_close(court->asker);
    void *fixture = court->fixture;
    int rc = folder_remove(court->folder);
    free(court);
    return fixture_teardown(&fixture) || rc;
}

static inline void court_put_rules(struct court *court, const char *name,
                                   const char *text)
{
    assert_done(court->fixture,
                files_put(court->folder, name, text, strlen(text), court->err));
}

/* What judge_use says of the rules that are there. */
static inline int court_use(struct court *court)
{
    AUTO(texts) struct texts folders = {0};
    texts_add(&folders, court->folder);
    AUTO(library) struct library *library = library_load_only(&folders);
    return judge_use(court->judge, library, court->asker, court->err);
}

static inline void court_rule(struct court *court, const char *text)
{
    court_put_rules(court, "test.dl", text);
    assert_done(court->fixture, court_use(court));
}

/* A message comes, which touches nothing by itself. */
static inline void court_say(struct court *court, const char *fields)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    clock_format_utc(court->now, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"time\":\"%s\",%s}",
                             id_of(++court->number, id), when, fields);
    AUTO(config) struct config *config = config_new();
    AUTO(message) struct message *message = message_read(json);
    struct handling handling = {.store = court->fixture->store, .config = config};
    handling.came = handling.now = message->time = court->now;
    fixture_begin(court->fixture);
    assert_done(court->fixture, handler_run(&handling, message, court->err));
    fixture_commit(court->fixture);
}

static inline void court_say_state(struct court *court, const char *host,
                                   const char *tag, const char *err)
{
    AUTO(str)
    char *fields = text_format("\"kind\":\"note\",\"host\":\"%s\",\"tag\":\"%s\","
                               "\"err\":\"%s\",\"text\":\"it says so\"",
                               host, tag, err);
    court_say(court, fields);
}

/* The same, and it is touched. */
static inline void court_tell_state(struct court *court, const char *host,
                                    const char *tag, const char *err)
{
    court_say_state(court, host, tag, err);
    touched_add(court->touched, "state", host, tag);
}

static inline bool court_wants(void *context, const struct alert *alert UNUSED)
{
    struct court *court = context;
    court->asked++;
    return court->wants_why;
}

static inline int court_judge(struct court *court, bool is_timed)
{
    const struct judge_round round = {.asker = court->asker,
                                      .touched = court->touched,
                                      .now = court->now,
                                      .is_timed = is_timed,
                                      .is_new = court_wants,
                                      .context = court};
    return judge_round(court->judge, &round, &court->judgement, court->err);
}

/* "HOST TAG SEVERITY TEXT\n" of each alert. */
static inline const char *court_alerts(struct court *court)
{
    strbuf_shorten(&court->text, 0);
    for (size_t i = 0; i < court->judgement.alert_count; i++) {
        const struct alert *alert = &court->judgement.alerts[i];
        strbuf_printf(&court->text, "%s %s %s %s\n", alert->host, alert->tag,
                      alert->severity, alert->text);
    }
    return strbuf_text(&court->text);
}

/* After a round of what was touched. */
static inline const char *court_find(struct court *court)
{
    if (court_judge(court, false) < 0)
        fail_msg("%s", court->err->text);
    return court_alerts(court);
}

#endif
