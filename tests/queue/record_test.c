// SPDX-License-Identifier: GPL-3.0-or-later
#include "queue/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Two messages, and two that nobody could read. */
static void make_parcel(struct parcel *ret)
{
    static const char json[] = "{\"tag\":\"a\",\"text\":\"x\\ny\"}{\"tag\":\"b\"}";
    struct message_defaults defaults = {.now = 5000, .host = "h"};
    int index;
    *ret = (struct parcel){.came = 12345};
    assert_int_equal(
        message_parse_all(json, strlen(json), &defaults, &ret->messages, &index, NULL),
        0);
    struct unread plain = {.bytes = "a\0b", .size = 3, .reason = "it is none"};
    struct unread named = {.bytes = "", .name = "1700-0", .reason = "nor this"};
    unread_list_add(&ret->unread, &plain);
    unread_list_add(&ret->unread, &named);
}

static void clear_parcel(struct parcel *parcel)
{
    message_list_clear(&parcel->messages);
    unread_list_clear(&parcel->unread);
}

static void format(struct strbuf *buf)
{
    struct parcel parcel;
    make_parcel(&parcel);
    record_format(&parcel, buf);
    assert_int_equal(buf->size, record_size(&parcel.messages, &parcel.unread));
    clear_parcel(&parcel);
}

static void gives_back_what_was_written(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    struct parcel wanted, found = {0};
    size_t size;
    format(&buf);
    make_parcel(&wanted);
    assert_int_equal(record_measure(buf.data, &size, NULL), 0);
    assert_int_equal(size, buf.size);
    assert_int_equal(record_parse(buf.data, size, &found, NULL), 0);
    assert_int_equal(found.came, 12345);
    assert_int_equal(found.size, buf.size);
    assert_int_equal(found.messages.count, 2);
    assert_string_equal(found.messages.items[0]->tag, "a");
    assert_string_equal(found.messages.items[1]->tag, "b");
    assert_int_equal(found.messages.items[0]->time, 5000);
    assert_int_equal(found.unread.count, 2);
    assert_memory_equal(found.unread.items[0].bytes, "a\0b", 3);
    assert_null(found.unread.items[0].name);
    assert_string_equal(found.unread.items[0].reason, "it is none");
    assert_int_equal(found.unread.items[1].size, 0);
    assert_string_equal(found.unread.items[1].name, "1700-0");
    clear_parcel(&found);
    clear_parcel(&wanted);
}

static void finds_damage_of_any_byte(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    format(&buf);
    for (size_t i = 0; i < buf.size; i++) {
        struct parcel found = {0};
        size_t size;
        buf.data[i] ^= 1;
        int rc = record_measure(buf.data, &size, NULL);
        if (rc == 0)
            rc = record_parse(buf.data, buf.size, &found, NULL);
        assert_int_equal(rc, -EBADMSG);
        assert_int_equal(found.messages.count, 0);
        buf.data[i] ^= 1;
    }
}

static void no_bytes_are_no_head(void **state UNUSED)
{
    static const char blank[RECORD_HEAD_SIZE];
    size_t size;
    struct error err;
    assert_int_equal(record_measure(blank, &size, &err), -EBADMSG);
    assert_non_null(strstr(err.text, "damaged"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_written),
        cmocka_unit_test(finds_damage_of_any_byte),
        cmocka_unit_test(no_bytes_are_no_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
