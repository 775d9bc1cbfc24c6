// SPDX-License-Identifier: GPL-3.0-or-later
/* ask - questions in the logic language, and what may stand in them: relations of the
 * store, and rules of the library. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "door/answer.h"
#include "door/question.h"
#include "door/routes.h"
#include "rules/question.h"

static unsigned status_of(int rc)
{
    static const struct {
        int rc;
        unsigned status;
    } rows[] = {
        {0, MHD_HTTP_OK},
        {-EINVAL, MHD_HTTP_BAD_REQUEST},
        {-ENOENT, MHD_HTTP_BAD_REQUEST},
        {-EDOM, MHD_HTTP_BAD_REQUEST},
        {-ETIME, MHD_HTTP_UNPROCESSABLE_CONTENT},
        {-E2BIG, MHD_HTTP_UNPROCESSABLE_CONTENT},
        {-ENOSPC, MHD_HTTP_UNPROCESSABLE_CONTENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].rc == rc)
            return rows[i].status;
    return MHD_HTTP_SERVICE_UNAVAILABLE;
}

void post_ask(struct request *request, struct store *store)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct question_means means = {.store = store,
                                   .relations = request->relations,
                                   .library = request->library,
                                   .kept = request->kept,
                                   .limits = request->limits};
    int rc = question_answer(request->question, &means, &json);
    request_reply(request, status_of(rc), &json);
}

/* ---- what may stand in one ---- */

static void put_relation(const struct stored *stored, struct strbuf *json)
{
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "name", stored->name);
    json_name(json, "columns");
    json_open(json, '[');
    for (size_t i = 0; i < stored->count; i++)
        type_put_json(stored->columns[i].type, stored->columns[i].name, json);
    json_close(json, ']');
    json_field_text(json, "help", stored->help);
    json_name(json, "history");
    strbuf_puts(json, stored->history ? "true" : "false");
    json_close(json, '}');
}

/* name NULL: all. Whether there is any. */
static bool put_relations(const struct catalogue *catalogue, const char *name,
                          struct strbuf *json)
{
    bool is_any = false;
    json_open(json, '{');
    json_name(json, "relations");
    json_open(json, '[');
    for (const struct stored *const *item = catalogue->items; *item; item++) {
        if (name && strcmp((*item)->name, name) != 0)
            continue;
        put_relation(*item, json);
        is_any = true;
    }
    json_close(json, ']');
    json_close(json, '}');
    return is_any;
}

static void refuse_unknown(struct request *request, const struct catalogue *catalogue)
{
    AUTO(texts) struct texts names = {0};
    for (const struct stored *const *item = catalogue->items; *item; item++)
        texts_add(&names, (*item)->name);
    answer_unknown(request, "relation", request->rest, &names);
}

static int load(struct request *request, struct relations *relations,
                struct arena *arena, struct catalogue *ret)
{
    struct error why = {0};
    int rc = question_of_nothing(request, &why);
    if (rc < 0) {
        answer_wrong(request, &why);
        return rc;
    }
    rc = relations_load(relations, &(struct relations_time){.now = clock_now()}, arena,
                        ret, &why);
    if (rc < 0)
        answer_found(request, rc, NULL, &why);
    return rc;
}

void get_catalogue(struct request *request, struct store *store)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(relations) struct relations *relations = relations_new(store);
    struct catalogue catalogue;
    if (load(request, relations, arena, &catalogue) < 0)
        return;
    const char *name = *request->rest ? request->rest : NULL;
    if (put_relations(&catalogue, name, &json))
        request_reply(request, MHD_HTTP_OK, &json);
    else
        refuse_unknown(request, &catalogue);
}

void get_rules(struct request *request, struct store *store)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(arena) struct arena *arena = arena_new();
    AUTO(relations) struct relations *relations = relations_new(store);
    struct catalogue catalogue;
    if (load(request, relations, arena, &catalogue) < 0)
        return;
    library_put_json(request->library, &catalogue, &json);
    request_reply(request, MHD_HTTP_OK, &json);
}
