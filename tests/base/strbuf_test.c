// SPDX-License-Identifier: GPL-3.0-or-later
/* strbuf - grows, and always ends with a NUL. */
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void is_empty_text_before_anything_is_written(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    assert_string_equal(strbuf_text(&buf), "");
    assert_null(buf.data);
    strbuf_shorten(&buf, 0);
    assert_null(buf.data);
}

static void adds_text_characters_formats_and_bytes(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "one");
    strbuf_putc(&buf, ' ');
    strbuf_printf(&buf, "%d %s", 2, "three");
    strbuf_add(&buf, "\0x", 2);
    assert_int_equal(buf.size, 13);
    assert_memory_equal(buf.data, "one 2 three\0x", 14);
}

static void adding_nothing_changes_nothing(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_add(&buf, NULL, 0);
    strbuf_puts(&buf, "");
    strbuf_printf(&buf, "%s", "");
    assert_int_equal(buf.size, 0);
    assert_string_equal(strbuf_text(&buf), "");
}

static void keeps_every_byte_while_it_grows(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    for (int i = 0; i < 100000; i++)
        strbuf_putc(&buf, (char)('a' + i % 26));
    assert_int_equal(buf.size, 100000);
    assert_int_equal(strlen(buf.data), 100000);
    for (int i = 0; i < 100000; i++)
        if (buf.data[i] != 'a' + i % 26)
            fail_msg("byte %d is wrong", i);
}

static void formats_more_than_it_has_room_for(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "x");
    strbuf_printf(&buf, "%0*d", 70000, 7);
    assert_int_equal(buf.size, 70001);
    assert_string_equal(buf.data + 69999, "07");
}

static void reserved_room_can_be_written(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "ab");
    char *end = strbuf_reserve(&buf, 1000);
    memset(end, 'c', 1000);
    end[1000] = '\0';
    buf.size += 1000;
    assert_int_equal(strlen(strbuf_text(&buf)), 1002);
}

static void reserved_room_that_is_not_written_changes_nothing(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    assert_non_null(strbuf_reserve(&buf, 4));
    assert_string_equal(strbuf_text(&buf), "");
    assert_int_equal(buf.size, 0);
}

static void shortens_but_never_lengthens(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "sheepdog");
    strbuf_shorten(&buf, 100);
    assert_string_equal(buf.data, "sheepdog");
    strbuf_shorten(&buf, 5);
    assert_string_equal(buf.data, "sheep");
    strbuf_puts(&buf, "!");
    assert_string_equal(buf.data, "sheep!");
}

static void what_is_taken_is_ours_and_leaves_it_empty(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf buf = {0};
    strbuf_puts(&buf, "sheep");
    AUTO(str) char *taken = strbuf_take(&buf);
    assert_string_equal(taken, "sheep");
    assert_int_equal(buf.size, 0);
    assert_null(buf.data);
    AUTO(str) char *nothing = strbuf_take(&buf);
    assert_string_equal(nothing, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_text_before_anything_is_written),
        cmocka_unit_test(adds_text_characters_formats_and_bytes),
        cmocka_unit_test(adding_nothing_changes_nothing),
        cmocka_unit_test(keeps_every_byte_while_it_grows),
        cmocka_unit_test(formats_more_than_it_has_room_for),
        cmocka_unit_test(reserved_room_can_be_written),
        cmocka_unit_test(reserved_room_that_is_not_written_changes_nothing),
        cmocka_unit_test(shortens_but_never_lengthens),
        cmocka_unit_test(what_is_taken_is_ours_and_leaves_it_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
