// SPDX-License-Identifier: GPL-3.0-or-later
/* tag - names fit for a message, and words fit for a shell. */
#include "bark/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_clean(const char *name, const char *wanted)
{
    AUTO(str) char *found = tag_clean(name);
    assert_string_equal(found, wanted);
    assert_true(!found[0] || tag_is_clean(found));
}

static void leaves_a_good_name_as_it_is(void **state UNUSED)
{
    expect_clean("P2-ETC", "P2-ETC");
    expect_clean("disk:/ größe", "disk:/ größe");
}

static void squeezes_blanks_and_controls(void **state UNUSED)
{
    expect_clean("  a \t\n b\x01\x7F\rc  ", "a b c");
    expect_clean(" \n ", "");
    expect_clean("", "");
}

static void replaces_what_is_not_utf8(void **state UNUSED)
{
    expect_clean("a\xFF"
                 "b\xC3",
                 "a\xEF\xBF\xBD"
                 "b\xEF\xBF\xBD");
}

static void cuts_at_255_bytes_and_a_whole_character(void **state UNUSED)
{
    char name[400] = "x";
    for (int i = 0; i < 150; i++)
        memcpy(name + 1 + 2 * i, "\xC3\xA9", 3);
    AUTO(str) char *found = tag_clean(name);
    assert_int_equal(strlen(found), 255);
    AUTO(str) char *shifted = tag_clean(name + 1);
    assert_int_equal(strlen(shifted), 254);
    assert_true(tag_is_clean(shifted));
    assert_true(tag_is_clean(found));
}

static void takes_100_characters_of_a_command(void **state UNUSED)
{
    char command[300];
    for (int i = 0; i < 149; i++)
        memcpy(command + 2 * i, "\xC3\xA9", 2);
    AUTO(str) char *found = tag_of_command(command, 298);
    assert_int_equal(strlen(found), 200);
    memset(command, 'x', sizeof command);
    command[99] = ' ';
    AUTO(str) char *blank_at_the_cut = tag_of_command(command, sizeof command);
    assert_int_equal(strlen(blank_at_the_cut), 99);
}

static void knows_what_a_message_takes(void **state UNUSED)
{
    char name[257];
    memset(name, 'x', sizeof name);
    name[256] = '\0';
    assert_false(tag_is_clean(name));
    assert_true(tag_is_clean(name + 1));
    assert_false(tag_is_clean(""));
    assert_false(tag_is_clean("a\nb"));
    assert_false(tag_is_clean("a\xFF"));
}

static void expect_quoted(char *const *argv, const char *wanted)
{
    AUTO(strbuf) struct strbuf text = {0};
    quote_argv(argv, &text);
    assert_string_equal(strbuf_text(&text), wanted);
}

static void quotes_only_where_a_shell_needs_it(void **state UNUSED)
{
    expect_quoted((char *[]){"/bin/ls", "-l", "--sort=time", "a,b:c@d%e+f_g", NULL},
                  "/bin/ls -l --sort=time a,b:c@d%e+f_g");
    expect_quoted((char *[]){"ls", "a b", "", "$HOME", "*", "~", NULL},
                  "ls 'a b' '' '$HOME' '*' '~'");
    expect_quoted((char *[]){"it's", NULL}, "'it'\\''s'");
}

static void expect_file(const char *tag, const char *wanted)
{
    char found[TAG_FILE_SIZE];
    tag_file(tag, found);
    assert_string_equal(found, wanted);
}

static void a_plain_tag_is_a_file_of_its_name(void **state UNUSED)
{
    expect_file("P2-ETC_1.0", "P2-ETC_1.0");
}

static void a_file_leads_to_no_other_folder(void **state UNUSED)
{
    expect_file("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd");
    expect_file(".", "%2E");
    expect_file("..", "%2E.");
    expect_file("disk:/ ~%", "disk%3A%2F%20%7E%25");
    expect_file("\xC3\xA9", "%C3%A9");
}

static void files_of_long_tags_differ(void **state UNUSED)
{
    char tag[256], one[TAG_FILE_SIZE], other[TAG_FILE_SIZE];
    memset(tag, '/', sizeof tag);
    tag[255] = '\0';
    tag_file(tag, one);
    tag[254] = '.';
    tag_file(tag, other);
    assert_string_not_equal(one, other);
    assert_true(strlen(one) < 255);
    assert_null(strchr(one, '/'));
}

static void a_hidden_command_is_known_again_and_tells_nothing(void **state UNUSED)
{
    AUTO(str) char *one = tag_hide_command("login --password hunter2");
    AUTO(str) char *again = tag_hide_command("login --password hunter2");
    AUTO(str) char *other = tag_hide_command("login --password hunter3");
    assert_string_equal(one, again);
    assert_string_not_equal(one, other);
    assert_null(strstr(one, "login"));
    assert_null(strstr(one, "hunter2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_a_good_name_as_it_is),
        cmocka_unit_test(squeezes_blanks_and_controls),
        cmocka_unit_test(replaces_what_is_not_utf8),
        cmocka_unit_test(cuts_at_255_bytes_and_a_whole_character),
        cmocka_unit_test(takes_100_characters_of_a_command),
        cmocka_unit_test(knows_what_a_message_takes),
        cmocka_unit_test(quotes_only_where_a_shell_needs_it),
        cmocka_unit_test(a_plain_tag_is_a_file_of_its_name),
        cmocka_unit_test(a_file_leads_to_no_other_folder),
        cmocka_unit_test(files_of_long_tags_differ),
        cmocka_unit_test(a_hidden_command_is_known_again_and_tells_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
