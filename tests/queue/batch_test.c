// SPDX-License-Identifier: GPL-3.0-or-later
/* batch - where one ends. */
#include "queue/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

static void add(struct batch *batch, size_t place, const char *json)
{
    assert_true(batch_has_room(batch, strlen(json)));
    batch_add(batch, place, json, strlen(json));
}

static void is_a_line_a_message(void **state UNUSED)
{
    AUTO(batch) struct batch batch = {0};
    add(&batch, 4, "{\"a\":1}");
    add(&batch, 7, "{\"b\":\n2}\r\n");
    assert_string_equal(strbuf_text(&batch.body), "{\"a\":1}\n{\"b\": 2}  \n");
    assert_int_equal(batch.count, 2);
    assert_int_equal(batch.places[0], 4);
    assert_int_equal(batch.places[1], 7);
}

static void is_full_with_500_messages(void **state UNUSED)
{
    AUTO(batch) struct batch batch = {0};
    for (size_t i = 0; i < 500; i++)
        add(&batch, i, "{}");
    assert_false(batch_has_room(&batch, 2));
}

static void is_full_at_8_mib(void **state UNUSED)
{
    AUTO(batch) struct batch batch = {0};
    add(&batch, 0, "{}");
    size_t left = BATCH_SIZE_MAX - batch.body.size;
    assert_true(batch_has_room(&batch, left - 1)); /* its newline */
    assert_false(batch_has_room(&batch, left));
    assert_false(batch_has_room(&batch, SIZE_MAX));
}

static void takes_any_message_alone(void **state UNUSED)
{
    AUTO(batch) struct batch batch = {0};
    assert_true(batch_has_room(&batch, BATCH_SIZE_MAX * 2));
}

static void is_as_new_when_cleared(void **state UNUSED)
{
    AUTO(batch) struct batch batch = {0};
    add(&batch, 0, "{}");
    batch_clear(&batch);
    add(&batch, 1, "[]");
    assert_int_equal(batch.count, 1);
    assert_string_equal(strbuf_text(&batch.body), "[]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_line_a_message),
        cmocka_unit_test(is_full_with_500_messages),
        cmocka_unit_test(is_full_at_8_mib),
        cmocka_unit_test(takes_any_message_alone),
        cmocka_unit_test(is_as_new_when_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
