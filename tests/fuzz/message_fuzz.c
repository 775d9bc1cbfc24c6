// SPDX-License-Identifier: GPL-3.0-or-later
/* message_fuzz - any text as a POST: what is read is written and read again as the same
 * message, its body is JSON that reads as the same message too, and what is refused is
 * refused in one line, whole. */
#include <assert.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "message/message.h"

static const struct message_defaults defaults = {.now = INT64_C(1795340888123),
                                                 .host = "penguin2"};
static const struct message_defaults none = {0};

static void check_fields(const struct message *message)
{
    assert(message->host && message->host[0] && strlen(message->host) <= 255);
    assert(message->tag && message->tag[0] && strlen(message->tag) <= 255);
    assert(utf8_is_valid(message->tag, strlen(message->tag)));
    assert(uuid_is_valid(message->id, strlen(message->id)));
    assert(message->kind <= MESSAGE_FACTS && message->err <= ERR_UNKNOWN);
    assert((message->kind == MESSAGE_FACTS) == (message->facts != NULL));
    assert(message->kind != MESSAGE_OUTCOME || message->err != ERR_NONE);
    assert(message->status >= -1 && message->signal >= 0);
    assert(message->out.cut_at <= message->out.kept.size);
    assert(message->errors.cut_at <= message->errors.kept.size);

    char word[40];
    memset(word, 1, sizeof word);
    message_last_word(message, word, sizeof word);
    assert(memchr(word, '\0', sizeof word) && utf8_is_valid(word, strlen(word)));
}

static struct message *read_again(const char *json, size_t size)
{
    struct message *again = NULL;
    struct error err = {0};
    int rc = message_parse(json, size, &none, &again, &err);
    assert(rc == 0 && "what we wrote is refused");
    return again;
}

static void check_same_bytes(const struct bytes *a, const struct bytes *b)
{
    assert((a->data == NULL) == (b->data == NULL) && a->size == b->size);
    assert(!a->data || memcmp(a->data, b->data, a->size + 1) == 0);
}

static void check_same_facts(const struct facts *a, const struct facts *b)
{
    assert(relation_check(a->relation, NULL) == 0);
    assert(relation_is_same(a->relation, b->relation));
    assert(a->added.count == b->added.count && a->removed.count == b->removed.count);
    for (size_t i = 0; i < a->added.count; i++)
        assert(row_compare(&a->added.items[i], &b->added.items[i],
                           a->relation->count) == 0);
}

/* Written, both are the same text; and what that text could hide is compared. */
static void check_same(const struct message *a, const struct message *b)
{
    AUTO(strbuf) struct strbuf a_text = {0}, b_text = {0};
    message_format(a, &a_text);
    message_format(b, &b_text);
    assert(strcmp(a_text.data, b_text.data) == 0);
    assert(a->time == b->time && a->kind == b->kind && a->err == b->err);
    if (a->kind == MESSAGE_OUTCOME || a->kind == MESSAGE_START)
        check_same_bytes(&a->command, &b->command);
    assert(a->every == b->every && a->reading_count == b->reading_count);
    if (a->facts)
        check_same_facts(a->facts, b->facts);
    if (a->kind != MESSAGE_OUTCOME)
        return;
    check_same_bytes(&a->out.kept, &b->out.kept);
    check_same_bytes(&a->errors.kept, &b->errors.kept);
    assert(a->out.cut == b->out.cut && a->out.cut_at == b->out.cut_at);
    assert(a->errors.cut == b->errors.cut && a->errors.cut_at == b->errors.cut_at);
    assert(a->attempt_count == b->attempt_count);
}

static void check_body(const struct message *message)
{
    json_t *body = json_loadb(message->body.data, message->body.size,
                              JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    assert(json_is_object(body));
    json_decref(body);
    AUTO(message)
    struct message *again = read_again(message->body.data, message->body.size);
    check_same(message, again);
    check_same_bytes(&message->body, &again->body);
}

static void check_message(const struct message *message)
{
    check_fields(message);
    check_body(message);
    AUTO(strbuf) struct strbuf written = {0};
    message_format(message, &written);
    AUTO(message) struct message *again = read_again(written.data, written.size);
    check_same(message, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(message_list) struct message_list list = {0};
    struct error err = {0};
    int index = 7;
    int rc =
        message_parse_all((const char *)data, size, &defaults, &list, &index, &err);
    if (rc < 0) {
        assert(index >= -1 && list.count == 0 && err.text[0]);
        assert((index >= 0) == (strncmp(err.text, "message ", 8) == 0));
        assert(utf8_is_valid(err.text, strlen(err.text)) && !strchr(err.text, '\n'));
        return 0;
    }
    assert(index == -1 && list.count > 0);
    for (size_t i = 0; i < list.count; i++)
        check_message(list.items[i]);
    return 0;
}
