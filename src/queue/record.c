// SPDX-License-Identifier: GPL-3.0-or-later
/* record - head and texts; the sums are SipHash-2-4 under a key that everybody knows:
 * they find damage, not forgery. */
#include "queue/record.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define NO_TEXT UINT32_MAX /* in place of a size: the text is NULL */

struct head {
    int64_t came;
    uint32_t size; /* of the whole record */
    uint32_t messages, unread;
    uint32_t zero;
    uint64_t texts_sum, head_sum;
};

static_assert(sizeof(struct head) == RECORD_HEAD_SIZE, "a head is written as it is");

static uint64_t sum_of(const void *bytes, size_t size)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "sheepdog journal";
    uint64_t sum;
    static_assert(sizeof sum == crypto_shorthash_BYTES, "a sum has 64 bits");
    crypto_shorthash((unsigned char *)&sum, bytes, size, key);
    return sum;
}

static uint64_t sum_of_head(const struct head *head)
{
    return sum_of(head, offsetof(struct head, head_sum));
}

/* ---- written ---- */

static size_t text_size(size_t size)
{
    return sizeof(uint32_t) + size;
}

static size_t string_size(const char *text)
{
    return text_size(text ? strlen(text) : 0);
}

size_t record_size(const struct message_list *messages,
                   const struct unread_list *unread)
{
    size_t size = RECORD_HEAD_SIZE;
    for (size_t i = 0; i < messages->count; i++)
        size += text_size(messages->items[i]->body.size);
    for (size_t i = 0; i < unread->count; i++) {
        const struct unread *item = &unread->items[i];
        size +=
            text_size(item->size) + string_size(item->name) + string_size(item->reason);
    }
    return size;
}

static void put_text(struct strbuf *buf, const char *bytes, size_t size)
{
    uint32_t number = bytes ? (uint32_t)size : NO_TEXT;
    strbuf_add(buf, &number, sizeof number);
    strbuf_add(buf, bytes ? bytes : "", bytes ? size : 0);
}

static void put_string(struct strbuf *buf, const char *text)
{
    put_text(buf, text, text ? strlen(text) : 0);
}

static void put_texts(struct strbuf *buf, const struct parcel *parcel)
{
    for (size_t i = 0; i < parcel->messages.count; i++) {
        const struct bytes *body = &parcel->messages.items[i]->body;
        put_text(buf, body->data, body->size);
    }
    for (size_t i = 0; i < parcel->unread.count; i++) {
        const struct unread *item = &parcel->unread.items[i];
        put_text(buf, item->bytes, item->size);
        put_string(buf, item->name);
        put_string(buf, item->reason);
    }
}

void record_format(const struct parcel *parcel, struct strbuf *buf)
{
    size_t start = buf->size;
    struct head head = {.came = parcel->came,
                        .messages = (uint32_t)parcel->messages.count,
                        .unread = (uint32_t)parcel->unread.count};
    strbuf_add(buf, &head, sizeof head);
    put_texts(buf, parcel);

    size_t size = buf->size - start;
    assert(size <= UINT32_MAX);
    head.size = (uint32_t)size;
    head.texts_sum = sum_of(buf->data + start + sizeof head, size - sizeof head);
    head.head_sum = sum_of_head(&head);
    memcpy(buf->data + start, &head, sizeof head);
}

/* ---- read ---- */

int record_measure(const char *bytes, size_t *ret_size, struct error *err)
{
    struct head head;
    memcpy(&head, bytes, sizeof head);
    if (head.head_sum != sum_of_head(&head) || head.size < sizeof head)
        return error_set(err, -EBADMSG, "the head of a record is damaged");
    *ret_size = head.size;
    return 0;
}

/* What is left of a record's texts. */
struct texts_left {
    const char *at;
    size_t size;
};

/* *ret is lent, and NULL where there is no text. */
static int take_text(struct texts_left *left, const char **ret, size_t *ret_size)
{
    uint32_t number;
    if (left->size < sizeof number)
        return -EBADMSG;
    memcpy(&number, left->at, sizeof number);
    left->at += sizeof number;
    left->size -= sizeof number;
    size_t size = number == NO_TEXT ? 0 : number;
    if (size > left->size)
        return -EBADMSG;
    *ret = number == NO_TEXT ? NULL : left->at;
    *ret_size = size;
    left->at += size;
    left->size -= size;
    return 0;
}

static int take_message(struct texts_left *left, struct parcel *parcel)
{
    static const struct message_defaults defaults = {0};
    const char *json;
    size_t size;
    struct message *message;
    struct error why = {0};
    if (take_text(left, &json, &size) < 0 || !json)
        return -EBADMSG;
    if (message_parse(json, size, &defaults, &message, &why) == 0)
        parcel->messages.items[parcel->messages.count++] = message;
    else
        unread_list_add(
            &parcel->unread,
            &(struct unread){.bytes = (char *)json, .size = size, .reason = why.text});
    return 0;
}

static int take_unread(struct texts_left *left, struct parcel *parcel)
{
    const char *bytes, *name, *reason;
    size_t size, name_size, reason_size;
    if (take_text(left, &bytes, &size) < 0 || take_text(left, &name, &name_size) < 0 ||
        take_text(left, &reason, &reason_size) < 0 || !bytes || !reason)
        return -EBADMSG;
    AUTO(str) char *own_name = name ? memory_copy(name, name_size) : NULL;
    AUTO(str) char *own_reason = memory_copy(reason, reason_size);
    unread_list_add(&parcel->unread, &(struct unread){.bytes = (char *)bytes,
                                                      .size = size,
                                                      .name = own_name,
                                                      .reason = own_reason});
    return 0;
}

static int take_all(const struct head *head, struct texts_left *left,
                    struct parcel *parcel)
{
    if (head->messages > left->size / sizeof(uint32_t)) /* before room is made */
        return -EBADMSG;
    parcel->messages.items =
        memory_new(head->messages * sizeof *parcel->messages.items);
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < head->messages; i++)
        rc = take_message(left, parcel);
    for (uint32_t i = 0; rc == 0 && i < head->unread; i++)
        rc = take_unread(left, parcel);
    return rc == 0 && left->size > 0 ? -EBADMSG : rc;
}

int record_parse(const char *bytes, size_t size, struct parcel *ret, struct error *err)
{
    struct head head;
    struct texts_left left = {.at = bytes + sizeof head, .size = size - sizeof head};
    assert(size >= sizeof head);
    memcpy(&head, bytes, sizeof head);
    if (head.texts_sum != sum_of(left.at, left.size))
        return error_set(err, -EBADMSG, "a record is damaged");

    struct parcel parcel = {.came = head.came, .size = size};
    if (take_all(&head, &left, &parcel) < 0) {
        message_list_clear(&parcel.messages);
        unread_list_clear(&parcel.unread);
        return error_set(err, -EBADMSG, "a record is not as its head says");
    }
    ret->messages = parcel.messages;
    ret->unread = parcel.unread;
    ret->came = parcel.came;
    ret->size = parcel.size;
    return 0;
}
