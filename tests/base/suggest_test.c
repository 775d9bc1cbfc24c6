// SPDX-License-Identifier: GPL-3.0-or-later
/* suggest - what was meant, or nothing. */
#include "base/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"

static const char *const known[] = {"host",     "port",         "mailto",
                                    "patience", "allow-mailto", NULL};

static void finds_the_word_with_one_slip(void **state UNUSED)
{
    assert_string_equal(suggest("hots", known), "host");
    assert_string_equal(suggest("hst", known), "host");
    assert_string_equal(suggest("hosts", known), "host");
    assert_string_equal(suggest("post", known), "host");
    assert_string_equal(suggest("mail-to", known), "mailto");
    assert_string_equal(suggest("pateince", known), "patience");
    assert_string_equal(suggest("allow_mail_to", known), "allow-mailto");
}

static void is_silent_when_nothing_is_near(void **state UNUSED)
{
    static const char *const none[] = {NULL};
    assert_null(suggest("sheep", known));
    assert_null(suggest("x", known));
    assert_null(suggest("", known));
    assert_null(suggest("host", none));
    assert_null(suggest("hosthosthosthosthosthosthosthosthosthosthost", known));
}

static void takes_the_nearest_and_of_equals_the_first(void **state UNUSED)
{
    static const char *const near[] = {"store", "spool", "spoil", NULL};
    assert_string_equal(suggest("spol", near), "spool");
    assert_string_equal(suggest("spoil", near), "spoil");
}

static void makes_the_end_of_a_sentence(void **state UNUSED)
{
    char hint[80];
    assert_string_equal(suggest_text("hots", known, hint, sizeof hint),
                        "; did you mean host?");
    assert_string_equal(suggest_text("sheep", known, hint, sizeof hint), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_word_with_one_slip),
        cmocka_unit_test(is_silent_when_nothing_is_near),
        cmocka_unit_test(takes_the_nearest_and_of_equals_the_first),
        cmocka_unit_test(makes_the_end_of_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
