// SPDX-License-Identifier: GPL-3.0-or-later
/* facts - the relations that the store has, and the rows of one, page by page. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "door/answer.h"
#include "door/question.h"
#include "door/routes.h"

#define FACTS_LIMIT 1000 /* rows, where no other limit is asked for */

static int put_relation(const struct relation *relation, int64_t rows, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_text(json, "name", relation->name);
    answer_columns(json, relation);
    json_field_number(json, "rows", rows);
    json_close(json, '}');
    return 0;
}

void get_relations(struct request *request, struct store *store)
{
    struct error why = {0};
    if (question_of_nothing(request, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_name(&json, "relations");
    json_open(&json, '[');
    int rc = store_each_relation(store, true, put_relation, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- the rows of one ---- */

/* What is sought among the relations. */
struct search {
    const char *name;
    struct texts names;
    struct strbuf *json; /* gets the columns of the one that is found */
    bool is_found;
};

static void search_clear(struct search *search)
{
    texts_clear(&search->names);
}
AUTO_DEFINE_CLEAR(search)

static int look_at(const struct relation *relation, int64_t rows UNUSED, void *context)
{
    struct search *search = context;
    texts_add(&search->names, relation->name);
    if (strcmp(relation->name, search->name) == 0) {
        search->is_found = true;
        json_field_text(search->json, "relation", relation->name);
        answer_columns(search->json, relation);
    }
    return 0;
}

struct fact_list {
    struct strbuf *json;
    int count;
    int64_t last; /* number of the last row */
};

static int put_fact(const struct relation *relation, const struct fact_row *row,
                    void *context)
{
    struct fact_list *list = context;
    struct strbuf *json = list->json;
    json_comma(json);
    json_open(json, '{');
    json_field_number(json, "number", row->number);
    json_field_text(json, "host", row->host);
    json_name(json, "values");
    answer_values(json, relation, row->values);
    answer_time(json, "since", row->since);
    answer_time_if_any(json, "until", row->until);
    answer_time(json, "seen", row->seen);
    json_field_number(json, "message", row->message);
    json_close(json, '}');
    list->count++;
    list->last = row->number;
    return json->size <= ANSWER_SIZE_MAX ? 0 : -EMSGSIZE;
}

static int put_facts(struct store *store, const struct fact_filter *filter,
                     struct strbuf *json, struct error *err)
{
    struct fact_list list = {.json = json};
    json_name(json, "rows");
    json_open(json, '[');
    int rc = store_each_fact(store, filter, put_fact, &list, err);
    json_close(json, ']');
    if (list.count == filter->limit)
        json_field_number(json, "next", list.last);
    else
        json_field_null(json, "next");
    return rc;
}

void get_facts(struct request *request, struct store *store)
{
    struct error why = {0};
    struct fact_filter filter = {.relation = request->rest, .limit = FACTS_LIMIT};
    if (question_of_facts(request, &filter, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(search) struct search search = {.name = request->rest, .json = &json};
    json_open(&json, '{');
    answer_time(&json, "now", clock_now());
    int rc = store_each_relation(store, false, look_at, &search, &why);
    if (rc == 0 && !search.is_found) {
        answer_unknown(request, "relation", search.name, &search.names);
        return;
    }
    if (filter.host && !answer_knows_host(request, store, filter.host))
        return;
    if (rc == 0)
        rc = put_facts(store, &filter, &json, &why);
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}
