// SPDX-License-Identifier: GPL-3.0-or-later
/* hosts - the machines of the herd: seen as a list, one with all that is known of it,
 * and forgotten. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "door/answer.h"
#include "door/question.h"
#include "door/routes.h"

#define MESSAGES_SHOWN  10
#define FACTS_SHOWN     20     /* rows of a relation */
#define FORGET_STEP     500    /* rows in one transaction */
#define FORGET_ROWS_MAX 100000 /* of one request */

/* One host's page while it is written. */
struct host_page {
    struct strbuf json;
    const char *host;
    struct texts relations;
    int64_t count; /* rows of the relation that is written */
};

static void host_page_clear(struct host_page *page)
{
    strbuf_clear(&page->json);
    texts_clear(&page->relations);
}
AUTO_DEFINE_CLEAR(host_page)

static int put_host(const struct host_row *row, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "host", row->host);
    answer_time(json, "since", row->since);
    answer_time(json, "seen", row->seen);
    if (row->every > 0)
        json_field_number(json, "every", row->every);
    else
        json_field_null(json, "every");
    json_field_text(json, "state", state_name(row->state));
    json_field_number(json, "tags", row->tags);
    json_close(json, '}');
    return 0;
}

void get_hosts(struct request *request, struct store *store)
{
    struct error why = {0};
    if (question_of_nothing(request, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    answer_time(&json, "now", clock_now());
    json_name(&json, "hosts");
    json_open(&json, '[');
    int rc = store_each_host(store, NULL, put_host, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- one of them ---- */

static int put_state(const struct state_row *row, void *context)
{
    struct host_page *page = context;
    return strcmp(row->host, page->host) == 0 ? answer_state(row, &page->json) : 0;
}

static int add_relation(const struct relation *relation, int64_t rows UNUSED,
                        void *context)
{
    texts_add(context, relation->name);
    return 0;
}

/* The relation is named where there is a first row. */
static int put_fact(const struct relation *relation, const struct fact_row *row,
                    void *context)
{
    struct host_page *page = context;
    struct strbuf *json = &page->json;
    if (page->count++ >= FACTS_SHOWN)
        return 0;
    if (page->count == 1) {
        json_name(json, relation->name);
        json_open(json, '{');
        answer_columns(json, relation);
        json_name(json, "rows");
        json_open(json, '[');
    }
    json_comma(json);
    answer_values(json, relation, row->values);
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

/* A relation may have gone since it was listed. */
static int put_relation(struct host_page *page, struct store *store, const char *name,
                        struct error *err)
{
    struct fact_filter filter = {
        .relation = name, .host = page->host, .limit = INT32_MAX};
    page->count = 0;
    int rc = store_each_fact(store, &filter, put_fact, page, err);
    if (rc < 0 || page->count == 0)
        return rc == -ENOENT ? 0 : rc;
    json_close(&page->json, ']');
    json_field_number(&page->json, "count", page->count);
    json_close(&page->json, '}');
    return 0;
}

static int put_facts(struct host_page *page, struct store *store, struct error *err)
{
    json_name(&page->json, "facts");
    json_open(&page->json, '{');
    int rc = store_each_relation(store, false, add_relation, &page->relations, err);
    for (size_t i = 0; rc == 0 && i < page->relations.count; i++)
        rc = put_relation(page, store, page->relations.items[i], err);
    json_close(&page->json, '}');
    return rc;
}

static int put_lists(struct host_page *page, struct store *store, struct error *err)
{
    struct strbuf *json = &page->json;
    struct message_filter newest = {.host = page->host, .limit = MESSAGES_SHOWN};
    json_name(json, "states");
    json_open(json, '[');
    int rc = store_each_state(store, false, put_state, page, err);
    json_close(json, ']');
    json_name(json, "readings");
    json_open(json, '[');
    if (rc == 0)
        rc = store_each_series(store, page->host, answer_series, json, err);
    json_close(json, ']');
    if (rc == 0)
        rc = put_facts(page, store, err);
    json_name(json, "messages");
    json_open(json, '[');
    if (rc == 0)
        rc = store_each_message(store, &newest, answer_message, json, err);
    json_close(json, ']');
    return rc;
}

/* A name that stands behind the route's path; false, with a reply, where none does. */
static bool has_name(struct request *request, int rc, struct error *why)
{
    if (rc == 0 && !*request->rest)
        rc = error_set(why, -EINVAL, "found \"\", expected the name of a host");
    if (rc < 0)
        answer_wrong(request, why);
    return rc == 0;
}

void get_host_page(struct request *request, struct store *store)
{
    struct error why = {0};
    if (!has_name(request, question_of_nothing(request, &why), &why))
        return;
    if (!answer_knows_host(request, store, request->rest))
        return;
    AUTO(host_page) struct host_page page = {.host = request->rest};
    json_open(&page.json, '{');
    answer_time(&page.json, "now", clock_now());
    json_name(&page.json, "host");
    int rc = store_each_host(store, page.host, put_host, &page.json, &why);
    if (rc == 0)
        rc = put_lists(&page, store, &why);
    json_close(&page.json, '}');
    answer_found(request, rc, &page.json, &why);
}

/* ---- forgotten ---- */

static int forget_step(struct request *request, struct store *store, const char *tag,
                       int *ret, struct error *err)
{
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_forget(store, request->rest, tag, FORGET_STEP, ret, err);
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

/* A step a call: between two the pump stores what came in. What is left over after very
 * many rows is for the next request, before whoever asked loses patience. */
void delete_host(struct request *request, struct store *store)
{
    struct error why = {0};
    const char *tag = NULL;
    if (!has_name(request, question_of_tag(request, &tag, &why), &why))
        return;
    if (request->changed == 0 && !answer_knows_host(request, store, request->rest))
        return;
    int count = 0;
    int rc = forget_step(request, store, tag, &count, &why);
    request->changed += count;
    touched_add_all(request->touched);
    if (rc < 0) {
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "the store: %s",
                       why.text);
    } else if (count == 0 || request->changed >= FORGET_ROWS_MAX) {
        AUTO(strbuf) struct strbuf json = {0};
        strbuf_printf(&json, "{\"forgotten\":%lld,\"more\":%s}",
                      (long long)request->changed, count > 0 ? "true" : "false");
        request_reply(request, MHD_HTTP_OK, &json);
    }
}
