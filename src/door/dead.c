// SPDX-License-Identifier: GPL-3.0-or-later
/* dead - the dead letters: seen, read anew, and dropped. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "door/answer.h"
#include "door/order.h"
#include "door/question.h"
#include "door/routes.h"
#include "handler/handler.h"
#include "queue/named_id.h"

#define DEAD_LIMIT 100 /* in a list, where no other is asked for */

static void refuse(struct request *request, int rc, int64_t number,
                   const struct error *why)
{
    if (rc == -ENOENT)
        request_refuse(request, MHD_HTTP_NOT_FOUND,
                       "no dead letter has the number %lld", (long long)number);
    else
        request_refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "the store: %s",
                       why->text);
}

/* ---- seen ---- */

static void put_head(struct strbuf *json, const struct dead_letter *letter)
{
    char came[CLOCK_TEXT_SIZE];
    clock_format_utc(letter->came, came);
    json_field_number(json, "number", letter->number);
    json_field_text(json, "came", came);
    json_field_text(json, "source", letter->source);
    json_field_text(json, "name", letter->name);
    json_field_text(json, "reason", letter->reason);
    json_field_number(json, "size", (int64_t)letter->size);
}

static int put_letter(const struct dead_letter *letter, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    put_head(json, letter);
    json_close(json, '}');
    return 0;
}

void get_dead_letters(struct request *request, struct store *store)
{
    struct error why = {0};
    struct page page = {.limit = DEAD_LIMIT};
    if (question_of_dead_letters(request, &page, &why) < 0) {
        request_refuse(request, MHD_HTTP_BAD_REQUEST, "%s", why.text);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_name(&json, "dead");
    json_open(&json, '[');
    int rc = store_each_dead(store, page.before, page.limit, put_letter, &json, &why);
    json_close(&json, ']');
    json_close(&json, '}');
    if (rc < 0)
        refuse(request, rc, 0, &why);
    else
        request_reply(request, MHD_HTTP_OK, &json);
}

/* What is not UTF-8 is there twice: to be read, and as it came. */
static int put_whole(const struct dead_letter *letter, void *context)
{
    struct strbuf *json = context;
    json_open(json, '{');
    put_head(json, letter);
    json_name(json, "text");
    if (!json_text(json, letter->bytes, letter->size)) {
        json_name(json, "bytes");
        strbuf_putc(json, '"');
        base64_encode(json, letter->bytes, letter->size);
        strbuf_putc(json, '"');
    }
    json_close(json, '}');
    return 0;
}

void get_dead_letter(struct request *request, struct store *store)
{
    struct error why = {0};
    int64_t number = answer_read_number(request, "a dead letter");
    if (number == 0)
        return;
    AUTO(strbuf) struct strbuf json = {0};
    int rc = store_find_dead(store, number, put_whole, &json, &why);
    if (rc < 0)
        refuse(request, rc, number, &why);
    else
        request_reply(request, MHD_HTTP_OK, &json);
}

/* ---- changed ---- */

void delete_dead_letter(struct request *request, struct store *store)
{
    struct error why = {0};
    int64_t number = answer_read_number(request, "a dead letter");
    if (number == 0)
        return;
    int rc = store_begin(store, &why);
    if (rc == 0)
        rc = order_end(store, store_drop_dead(store, number, &why), &why);
    if (rc < 0) {
        refuse(request, rc, number, &why);
        return;
    }
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_number(&json, "dropped", number);
    json_close(&json, '}');
    request_reply(request, MHD_HTTP_OK, &json);
}

/* One that is to be read and handled anew. */
struct retry {
    struct request *request;
    struct store *store;
    bool is_wrong;  /* it still cannot be, for a reason of its own: why */
    bool is_stored; /* not had already */
    struct error why;
};

/* The id that it would have had: a message that was read and not handled has its own as
 * the name, and what was not read one that is made of the name. */
static const char *find_id(const struct dead_letter *letter, char ret[UUID_SIZE])
{
    if (!letter->name || uuid_is_valid(letter->name, strlen(letter->name)))
        return letter->name;
    named_id_make(letter->source, letter->name, letter->came, ret);
    return ret;
}

static int handle_again(const struct dead_letter *letter, void *context)
{
    struct retry *retry = context;
    struct request *request = retry->request;
    char id[UUID_SIZE];
    struct message_defaults defaults = {
        .now = letter->came, .host = request->lobby->host, .id = find_id(letter, id)};
    struct handling handling = {.store = retry->store,
                                .config = request->config,
                                .came = letter->came,
                                .now = clock_now(),
                                .has_news = &request->has_news,
                                .wants = request->lobby->parts.wants,
                                .touched = request->touched};
    struct message *message = NULL;
    int rc =
        message_parse(letter->bytes, letter->size, &defaults, &message, &retry->why);
    if (rc == 0)
        rc = handler_run(&handling, message, &retry->why);
    message_free(message);
    retry->is_wrong = rc < 0 && !store_is_trouble(rc);
    retry->is_stored = handling.number > 0;
    return rc;
}

static int retry_letter(struct retry *retry, int64_t number)
{
    int rc = store_begin(retry->store, &retry->why);
    if (rc < 0)
        return rc;
    rc = store_find_dead(retry->store, number, handle_again, retry, &retry->why);
    if (rc == 0)
        rc = store_drop_dead(retry->store, number, &retry->why);
    return order_end(retry->store, rc, &retry->why);
}

void post_dead_retry(struct request *request, struct store *store)
{
    struct retry retry = {.request = request, .store = store};
    int64_t number = answer_read_number(request, "a dead letter");
    if (number == 0)
        return;
    int rc = retry_letter(&retry, number);
    request->has_news &= rc == 0;
    if (retry.is_wrong) {
        request_refuse(request, MHD_HTTP_CONFLICT, "%s", retry.why.text);
    } else if (rc < 0) {
        refuse(request, rc, number, &retry.why);
    } else {
        AUTO(strbuf) struct strbuf json = {0};
        strbuf_printf(&json, "{\"stored\":%s}", retry.is_stored ? "true" : "false");
        request_reply(request, MHD_HTTP_OK, &json);
    }
}
