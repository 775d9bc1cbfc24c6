// SPDX-License-Identifier: GPL-3.0-or-later
/* readings - the series of numbers that hosts say, and the course of one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "door/answer.h"
#include "door/question.h"
#include "door/routes.h"

#define POINTS_MAX 100000                      /* in one reply */
#define SPAN_USUAL ((int64_t)24 * 3600 * 1000) /* ms, where no since is asked for */

void get_series(struct request *request, struct store *store)
{
    struct error why = {0};
    const char *host = NULL;
    if (question_of_series(request, &host, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    if (host && !answer_knows_host(request, store, host))
        return;
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    answer_time(&json, "now", clock_now());
    json_name(&json, "series");
    json_open(&json, '[');
    int rc = store_each_series(store, host, answer_series, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    answer_found(request, rc, &json, &why);
}

/* ---- the course of one ---- */

/* What is sought among the series of a host. */
struct series_search {
    const char *name;
    struct texts names;
    char *unit; /* of the one that is found; NULL: none is */
};

static void series_search_clear(struct series_search *search)
{
    texts_clear(&search->names);
    free(search->unit);
}
AUTO_DEFINE_CLEAR(series_search)

static int look_at(const struct series_row *row, void *context)
{
    struct series_search *search = context;
    texts_add(&search->names, row->name);
    if (strcmp(row->name, search->name) == 0)
        search->unit = text_copy(row->unit ? row->unit : "");
    return 0;
}

struct point_list {
    struct strbuf *json;
    int count;
};

static int put_point(const struct reading_row *row, void *context)
{
    struct point_list *list = context;
    struct strbuf *json = list->json;
    json_comma(json);
    json_open(json, '{');
    answer_time(json, "time", row->time);
    answer_real(json, "min", row->minimum);
    answer_real(json, "mean", row->mean);
    answer_real(json, "max", row->maximum);
    json_field_number(json, "count", row->count);
    json_close(json, '}');
    return list->count++ < POINTS_MAX ? 0 : -EFBIG;
}

static int put_points(struct store *store, const struct series_filter *filter,
                      struct strbuf *json, struct error *err)
{
    int64_t now = clock_now();
    int64_t end = filter->until != 0 ? filter->until : now;
    int64_t since = filter->since != 0 ? filter->since : end - SPAN_USUAL;
    int64_t until = filter->until != 0 ? filter->until : INT64_MAX;
    struct point_list list = {.json = json};
    answer_time(json, "now", now);
    json_name(json, "points");
    json_open(json, '[');
    int rc = store_each_reading(store, filter->host, filter->name, since, until,
                                filter->hours, put_point, &list, err);
    json_close(json, ']');
    return rc;
}

void get_readings(struct request *request, struct store *store)
{
    struct error why = {0};
    struct series_filter filter;
    if (question_of_readings(request, &filter, &why) < 0) {
        answer_wrong(request, &why);
        return;
    }
    if (!answer_knows_host(request, store, filter.host))
        return;
    AUTO(series_search) struct series_search search = {.name = filter.name};
    int rc = store_each_series(store, filter.host, look_at, &search, &why);
    if (rc == 0 && !search.unit) {
        answer_unknown(request, "series of that host", filter.name, &search.names);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "host", filter.host);
    json_field_text(&json, "name", filter.name);
    json_field_text(&json, "unit", search.unit);
    if (rc == 0)
        rc = put_points(store, &filter, &json, &why);
    json_close(&json, '}');
    if (rc == -EFBIG)
        request_refuse(request, MHD_HTTP_BAD_REQUEST,
                       "that are more than %d points; ask for a shorter time, or for "
                       "\"hours\"",
                       POINTS_MAX);
    else
        answer_found(request, rc, &json, &why);
}
