// SPDX-License-Identifier: GPL-3.0-or-later
/* weight - the name of a file says what is in it. */
#include "bark/weight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ID "0192e4c8-0000-7000-8000-000000000001"

static void says_what_a_message_is(void **state UNUSED)
{
    assert_int_equal(weight_of(MESSAGE_OUTCOME, ERR_SUCCESS), WEIGHT_SUCCESS);
    assert_int_equal(weight_of(MESSAGE_NOTE, ERR_SUCCESS), WEIGHT_SUCCESS);
    assert_int_equal(weight_of(MESSAGE_OUTCOME, ERR_FAIL), WEIGHT_FAILURE);
    assert_int_equal(weight_of(MESSAGE_OUTCOME, ERR_LOCKED), WEIGHT_FAILURE);
    assert_int_equal(weight_of(MESSAGE_NOTE, ERR_WARNING), WEIGHT_FAILURE);
    assert_int_equal(weight_of(MESSAGE_START, ERR_NONE), WEIGHT_START);
    assert_int_equal(weight_of(MESSAGE_NOTE, ERR_NONE), WEIGHT_NOTE);
    assert_int_equal(weight_of(MESSAGE_BEAT, ERR_NONE), WEIGHT_READING);
    assert_int_equal(weight_of(MESSAGE_READING, ERR_NONE), WEIGHT_READING);
    assert_int_equal(weight_of(MESSAGE_FACTS, ERR_NONE), WEIGHT_FACTS);
}

static void what_is_well_is_light(void **state UNUSED)
{
    assert_true(weight_is_light(WEIGHT_SUCCESS));
    assert_true(weight_is_light(WEIGHT_START));
    assert_true(weight_is_light(WEIGHT_READING));
    assert_true(weight_is_light(WEIGHT_FACTS));
    assert_false(weight_is_light(WEIGHT_NOTE));
    assert_false(weight_is_light(WEIGHT_FAILURE));
    assert_false(weight_is_light(WEIGHT_OTHER));
}

static void a_file_tells_its_weight(void **state UNUSED)
{
    for (int i = 0; i < WEIGHTS; i++) {
        AUTO(str) char *name = weight_file(ID, (enum weight)i);
        assert_memory_equal(name, ID ".", strlen(ID) + 1);
        assert_true(weight_is_file(name));
        assert_int_equal(weight_of_file(name), i);
    }
    AUTO(str) char *name = weight_file(ID, WEIGHT_FAILURE);
    assert_string_equal(name, ID ".failure.json");
}

static void an_old_name_is_a_message_too(void **state UNUSED)
{
    assert_true(weight_is_file(ID ".json"));
    assert_int_equal(weight_of_file(ID ".json"), WEIGHT_OTHER);
    assert_int_equal(weight_of_file(ID ".succes.json"), WEIGHT_OTHER);
    assert_int_equal(weight_of_file(ID ".success.success.json"), WEIGHT_OTHER);
    assert_int_equal(weight_of_file(ID ".successjson"), WEIGHT_OTHER);
}

static void other_files_are_no_messages(void **state UNUSED)
{
    static const char *const names[] = {
        "", ".json", ".size", "." ID ".json.new", "notes.txt", ID, ID ".json.new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_false(weight_is_file(names[i]));
}

static void counts_become_words(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf text = {0};
    size_t counts[WEIGHTS] = {0};
    weight_put_counts(&text, counts);
    counts[WEIGHT_SUCCESS] = 1204;
    counts[WEIGHT_FAILURE] = 1;
    strbuf_putc(&text, '|');
    weight_put_counts(&text, counts);
    assert_string_equal(strbuf_text(&text), "nothing|1204 successes, 1 failure");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_message_is),
        cmocka_unit_test(what_is_well_is_light),
        cmocka_unit_test(a_file_tells_its_weight),
        cmocka_unit_test(an_old_name_is_a_message_too),
        cmocka_unit_test(other_files_are_no_messages),
        cmocka_unit_test(counts_become_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
