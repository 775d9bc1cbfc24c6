// SPDX-License-Identifier: GPL-3.0-or-later
/* sendmail - a script stands where the mail program would. */
#include "notify/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

static char *folder;

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    return 0;
}

static int tear_down(void **state UNUSED)
{
    return folder_remove(folder);
}

/* The path of a script with those lines, to be freed. */
static char *make_program(const char *lines)
{
    char *path = text_format("%s/program", folder);
    AUTO(str) char *text = text_format("#!/bin/sh\ncd %s || exit\n%s\n", folder, lines);
    assert_int_equal(files_put(folder, "program", text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

static int send_mail(const char *lines, const char *text, int64_t limit_ms,
                     struct error *err)
{
    AUTO(str) char *program = make_program(lines);
    AUTO(strbuf) struct strbuf mail = {0};
    strbuf_puts(&mail, text);
    return sendmail_send(program, &mail, limit_ms, err);
}

static void expect_file(const char *name, const char *wanted)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    AUTO(strbuf) struct strbuf found = {0};
    assert_int_equal(files_read(path, 1 << 20, &found, NULL), 0);
    assert_string_equal(strbuf_text(&found), wanted);
}

static void the_program_reads_the_mail_in_lines_of_this_machine(void **state UNUSED)
{
    assert_int_equal(send_mail("echo \"$@\" >arguments; cat >mail",
                               "To: root\r\n\r\n.\r\n$HOME `id`\r\n", 20000, NULL),
                     0);
    expect_file("arguments", "-t -i\n");
    expect_file("mail", "To: root\n\n.\n$HOME `id`\n");
}

static void one_that_reads_nothing_may_still_take_it(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf large = {0};
    while (large.size < 1 << 20)
        strbuf_puts(&large, "many words\r\n");
    assert_int_equal(send_mail("exit 0", strbuf_text(&large), 20000, NULL), 0);
}

static void its_failure_is_an_error(void **state UNUSED)
{
    struct error err;
    assert_int_equal(send_mail("exit 67", "a", 20000, &err), -EIO);
    assert_non_null(strstr(err.text, "/program: exit status 67"));
    assert_int_equal(send_mail("kill -9 $$", "a", 20000, &err), -EIO);
}

static void one_that_hangs_is_ended(void **state UNUSED)
{
    struct error err;
    int64_t start = clock_monotonic();
    assert_int_equal(send_mail("exec sleep 60", "a", 50, &err), -ETIMEDOUT);
    assert_true(clock_monotonic() - start < 20000000);
    assert_non_null(strstr(err.text, "it took too long"));
}

static void one_that_is_missing_is_an_error(void **state UNUSED)
{
    struct strbuf nothing = {0};
    struct error err;
    assert_int_equal(sendmail_send("/nowhere/sendmail", &nothing, 1000, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nowhere/sendmail: "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_program_reads_the_mail_in_lines_of_this_machine),
        TEST(one_that_reads_nothing_may_still_take_it),
        TEST(its_failure_is_an_error),
        TEST(one_that_hangs_is_ended),
        TEST(one_that_is_missing_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
