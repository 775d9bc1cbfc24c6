// SPDX-License-Identifier: GPL-3.0-or-later
/* memory - what is handed out is zero, ended and one's own. */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void new_memory_is_zero(void **state UNUSED)
{
    unsigned char *memory = memory_new(100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(memory[i], 0);
    free(memory);
}

static void gives_something_for_nothing(void **state UNUSED)
{
    void *memory = memory_new(0);
    assert_non_null(memory);
    memory = memory_resize(memory, 0);
    assert_non_null(memory);
    free(memory);
}

static void resizing_keeps_what_is_there(void **state UNUSED)
{
    char *memory = memory_copy("sheep", 5);
    memory = memory_resize(memory, 1000);
    assert_string_equal(memory, "sheep");
    free(memory);
}

static void a_copy_ends_with_nul(void **state UNUSED)
{
    char *copy = memory_copy("a\0bc", 3);
    assert_memory_equal(copy, "a\0b\0", 4);
    free(copy);
    copy = memory_copy(NULL, 0);
    assert_string_equal(copy, "");
    free(copy);
}

static void the_copy_of_no_text_is_none(void **state UNUSED)
{
    assert_null(text_copy(NULL));
    char *copy = text_copy("sheep");
    assert_string_equal(copy, "sheep");
    free(copy);
}

static void formats_text_of_any_length(void **state UNUSED)
{
    char *text = text_format("%s-%d", "sheep", 7);
    assert_string_equal(text, "sheep-7");
    free(text);
    text = text_format("%5000d", 1);
    assert_int_equal(strlen(text), 5000);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_memory_is_zero),
        cmocka_unit_test(gives_something_for_nothing),
        cmocka_unit_test(resizing_keeps_what_is_there),
        cmocka_unit_test(a_copy_ends_with_nul),
        cmocka_unit_test(the_copy_of_no_text_is_none),
        cmocka_unit_test(formats_text_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
