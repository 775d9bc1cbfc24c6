// SPDX-License-Identifier: GPL-3.0-or-later
/* export - all messages in the order in which they were stored, page by page. */
#include <errno.h>

#include "base/json.h"
#include "door/question.h"
#include "door/routes.h"

#define PAGE_COUNT_MAX 1000
#define PAGE_SIZE_MAX  ((size_t)8 << 20) /* bytes; the message past it is the last */
#define PAGE_FULL      (-ENOBUFS)

struct export
{
    struct strbuf json;
    int count;
    int64_t last; /* number of the last one */
};

static int put_message(const struct message_row *row, void *context)
{
    struct export *export = context;
    json_comma(&export->json);
    strbuf_puts(&export->json, row->body);
    export->count++;
    export->last = row->number;
    return export->json.size < PAGE_SIZE_MAX ? 0 : PAGE_FULL;
}

static void reply(struct request *request, struct export *export, bool has_more)
{
    struct strbuf *json = &export->json;
    json_close(json, ']');
    if (has_more)
        json_field_number(json, "next", export->last);
    else
        json_field_null(json, "next");
    json_close(json, '}');
    request_reply(request, MHD_HTTP_OK, json);
}

void get_export(struct request *request, struct store *store)
{
    struct error why = {0};
    struct page page = {.limit = PAGE_COUNT_MAX};
    if (question_of_export(request, &page, &why) < 0) {
        request_refuse(request, MHD_HTTP_BAD_REQUEST, "%s", why.text);
        return;
    }
    if (page.limit > PAGE_COUNT_MAX)
        page.limit = PAGE_COUNT_MAX;
    struct export export = {.last = page.after};
    json_open(&export.json, '{');
    json_name(&export.json, "messages");
    json_open(&export.json, '[');
    int rc = store_each_stored(store, page.after, page.since, page.limit, put_message,
                               &export, &why);
    if (rc < 0 && rc != PAGE_FULL)
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                       "the store cannot be read: %s", why.text);
    else
        reply(request, &export, rc == PAGE_FULL || export.count == page.limit);
    strbuf_clear(&export.json);
}
