// SPDX-License-Identifier: GPL-3.0-or-later
/* pasture - a store, rules beside those that come along, and what is said there; with
 * the incidents that are open, as text. */
#ifndef TESTS_ALERT_PASTURE_H
#define TESTS_ALERT_PASTURE_H

#include "../folder.h"
#include "../store/fixture.h"

#include "base/files.h"
#include "handler/handler.h"
#include "store/incidents.h"
#include "store/touched.h"

/* What fails is wrong as "ours"; what the shipped rules say of it is another matter. */
#define PASTURE_RULES                                                                  \
    "alert(h, t, \"ours\", \"it is wrong\") :- state(h, t, \"fail\", _).\n"            \
    "route(h, t, \"log\") :- alert(h, t, \"ours\", _).\n"

struct pasture {
    char *folder, *path, *rules; /* of the store; a folder */
    struct store *store;
    struct config *config; /* names the folder of rules */
    struct error err;
    unsigned number; /* of the last message */
    struct strbuf text;
};

static inline void pasture_rule(struct pasture *pasture, const char *name,
                                const char *text)
{
    assert_done(pasture,
                files_put(pasture->rules, name, text, strlen(text), &pasture->err));
}

static inline struct pasture *pasture_new(void)
{
    struct pasture *pasture = memory_new(sizeof *pasture);
    pasture->folder = folder_make();
    pasture->path = text_format("%s/store.db", pasture->folder);
    pasture->rules = text_format("%s/rules", pasture->folder);
    pasture->config = config_new();
    texts_add(&pasture->config->rules, pasture->rules);
    assert_int_equal(mkdir(pasture->rules, 0700), 0);
    pasture_rule(pasture, "ours.dl", PASTURE_RULES);
    assert_done(pasture, store_open(pasture->path, &pasture->store, &pasture->err));
    return pasture;
}

static inline int pasture_free(struct pasture *pasture)
{
    store_close(pasture->store);
    config_free(pasture->config);
    strbuf_clear(&pasture->text);
    free(pasture->path);
    free(pasture->rules);
    int rc = folder_remove(pasture->folder);
    free(pasture);
    return rc;
}

/* A note of penguin2 about the tag, which is stored now; err: "FAIL". */
static inline void pasture_say(struct pasture *pasture, struct store *store,
                               const char *tag, const char *err, int64_t now)
{
    AUTO(message)
    struct message *message = message_make(++pasture->number, tag, now, err);
    struct handling handling = {
        .store = store, .config = pasture->config, .came = now, .now = now};
    assert_done(pasture, store_begin(store, &pasture->err));
    assert_done(pasture, handler_run(&handling, message, &pasture->err));
    assert_done(pasture, store_commit(store, &pasture->err));
}

static inline int pasture_note(const struct incident *incident, void *context)
{
    struct pasture *pasture = context;
    if (!*incident->host || strcmp(incident->severity, "ours") == 0)
        strbuf_printf(&pasture->text, "%s %s\n", incident->tag, incident->severity);
    return 0;
}

/* "TAG SEVERITY\n" of each incident that is open, newest first: of what our rules say,
 * and of the server itself. */
static inline const char *pasture_wrong(struct pasture *pasture)
{
    const struct incident_filter filter = {.host = NULL};
    strbuf_shorten(&pasture->text, 0);
    assert_done(pasture, store_each_incident(pasture->store, &filter, NOON,
                                             pasture_note, pasture, &pasture->err));
    return strbuf_text(&pasture->text);
}

#endif
