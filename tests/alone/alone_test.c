// SPDX-License-Identifier: GPL-3.0-or-later
/* alone - when it mails, what, and how often; a script stands where sendmail would. */
#include "alone/alone.h"

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
#include "bark/spool.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

#define HOUR 3600000
#define TAKES                                                                          \
    "#!/bin/sh\n"                                                                      \
    "cd \"${0%/*}\" && cat >>mails\n"
#define REFUSES "#!/bin/sh\nexit 75\n"

static char *folder, *program;
static struct config *config;

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    program = text_format("%s/sendmail", folder);
    config = config_new();
    free(config->alone_mailto);
    config->alone_mailto = text_copy("admin@example.org");
    return 0;
}

static int tear_down(void **state UNUSED)
{
    config_free(config);
    free(program);
    return folder_remove(folder);
}

/* A message that was put so many ms ago. */
static void put(const char *name, const char *json, int64_t age)
{
    AUTO(str) char *path = text_format("%s/%s", folder, name);
    int64_t time = (clock_now() - age) / 1000;
    struct timespec times[2] = {{.tv_sec = time}, {.tv_sec = time}};
    assert_int_equal(files_put(folder, name, json, strlen(json), NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void use_program(const char *text)
{
    assert_int_equal(files_put(folder, "sendmail", text, strlen(text), NULL), 0);
    assert_int_equal(chmod(program, 0700), 0);
}

static struct alone machine(void)
{
    return (struct alone){
        .config = config, .folder = folder, .sendmail = program, .now = clock_now()};
}

static bool is_due(int64_t taken)
{
    struct alone alone = machine();
    return alone_is_due(&alone, &(struct tried){.taken = taken});
}

static int begin(struct error *err)
{
    struct alone alone = machine();
    struct tried tried = {0};
    error_set(&tried.why, 0, "http://server:7777: connection refused");
    return alone_begin(&alone, &tried, 20000, err);
}

static int end(struct error *err)
{
    struct alone alone = machine();
    return alone_end(&alone, 20000, err);
}

/* What was mailed so far, to be freed. */
static char *mails(void)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(str) char *path = text_format("%s/mails", folder);
    int rc = files_read(path, 1 << 20, &text, NULL);
    assert_true(rc == 0 || rc == -ENOENT);
    return strbuf_take(&text);
}

static void expect(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not in: %s", words, text);
}

static void is_due_when_the_oldest_has_waited_long_enough(void **state UNUSED)
{
    assert_false(is_due(0));
    put("1.failure.json", "{}", HOUR / 2);
    assert_false(is_due(0));
    put("2.success.json", "{}", HOUR + 5000);
    assert_true(is_due(0));
    config->alone_after = 2 * HOUR;
    assert_false(is_due(0));
}

static void is_not_due_while_others_are_taken(void **state UNUSED)
{
    put("1.failure.json", "{}", 2 * HOUR);
    assert_false(is_due(clock_now() - HOUR / 2));
    assert_true(is_due(clock_now() - HOUR - 5000));
}

static void is_not_due_when_nobody_is_to_be_told(void **state UNUSED)
{
    put("1.failure.json", "{}", 2 * HOUR);
    config->alone_mailto[0] = '\0';
    assert_false(is_due(0));
}

static void mails_what_waits_and_what_is_wrong(void **state UNUSED)
{
    use_program(TAKES);
    put("1.failure.json",
        "{\"tag\":\"P2-ETC\",\"status\":2,\"stderr\":\"no \\u001b[31mdisk\\n\"}",
        2 * HOUR);
    put("2.failure.json", "{\"tag\":\"torn", HOUR);
    put("3.success.json", "{\"tag\":\"fine\",\"status\":0}", HOUR);
    assert_int_equal(begin(NULL), 0);
    AUTO(str) char *mail = mails();
    expect(mail, "\nTo: admin@example.org\n");
    expect(mail, "is alone: no message is taken\n");
    expect(mail, "\nMessage-ID: <begin.");
    expect(mail, ", for 2 h 0 min.\n");
    expect(mail, "\nlast try  http://server:7777: connection refused\n");
    expect(mail, "\nwaiting   1 success, 2 failures\n");
    expect(mail, "P2-ETC: no ");
    assert_null(strstr(mail, "fine"));
    assert_null(strchr(mail, '\033'));
}

static void mails_once(void **state UNUSED)
{
    use_program(TAKES);
    put("1.failure.json", "{}", 2 * HOUR);
    assert_int_equal(begin(NULL), 0);
    assert_false(is_due(0));
}

static void mails_once_though_the_mark_cannot_be_written_whole(void **state UNUSED)
{
    AUTO(str) char *in_its_way = text_format("%s/..alone.new", folder);
    use_program(TAKES);
    put("1.failure.json", "{}", 2 * HOUR);
    assert_int_equal(mkdir(in_its_way, 0700), 0);
    assert_int_equal(begin(NULL), 0);
    assert_false(is_due(0));
    assert_int_equal(end(NULL), 0);
    assert_true(is_due(0));
}

static void a_mail_that_is_not_taken_is_tried_again(void **state UNUSED)
{
    struct error err;
    use_program(REFUSES);
    put("1.failure.json", "{}", 2 * HOUR);
    assert_int_equal(begin(&err), -EIO);
    expect(err.text, "/sendmail: exit status 75");
    assert_true(is_due(0));
}

static void mails_once_more_when_it_is_over(void **state UNUSED)
{
    use_program(TAKES);
    put("1.failure.json", "{}", 2 * HOUR);
    assert_int_equal(begin(NULL), 0);
    AUTO(str) char *first = mails();
    assert_int_equal(end(NULL), 0);
    AUTO(str) char *both = mails();
    const char *second = both + strlen(first);
    expect(second, "is no longer alone\n");
    expect(second, "are taken again.");
    const char *thread = strstr(first, "References: ");
    AUTO(str) char *line = memory_copy(thread, strcspn(thread, "\n"));
    expect(second, line);
    assert_int_equal(end(NULL), 0);
    AUTO(str) char *all = mails();
    assert_string_equal(all, both);
    assert_true(is_due(0));
}

static void says_nothing_of_an_end_that_had_no_beginning(void **state UNUSED)
{
    use_program(TAKES);
    assert_int_equal(end(NULL), 0);
    AUTO(str) char *mail = mails();
    assert_string_equal(mail, "");
}

static void an_address_that_is_none_is_an_error(void **state UNUSED)
{
    struct error err;
    use_program(TAKES);
    free(config->alone_mailto);
    config->alone_mailto = text_copy("a@b, c");
    put("1.failure.json", "{}", 2 * HOUR);
    assert_int_equal(begin(&err), -EINVAL);
    expect(err.text, "\"a@b, c\" is no mail address");
}

static void without_sendmail_it_speaks_to_the_mail_server(void **state UNUSED)
{
    struct error err;
    put("1.failure.json", "{}", 2 * HOUR);
    free(config->smtp_url);
    config->smtp_url = text_copy("smtp://127.0.0.1:1");
    assert_int_equal(begin(&err), -ECONNREFUSED);
    expect(err.text, "smtp://127.0.0.1:1: ");
    use_program(TAKES);
    assert_int_equal(begin(&err), -ECONNREFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_due_when_the_oldest_has_waited_long_enough),
        TEST(is_not_due_while_others_are_taken),
        TEST(is_not_due_when_nobody_is_to_be_told),
        TEST(mails_what_waits_and_what_is_wrong),
        TEST(mails_once),
        TEST(mails_once_though_the_mark_cannot_be_written_whole),
        TEST(a_mail_that_is_not_taken_is_tried_again),
        TEST(mails_once_more_when_it_is_over),
        TEST(says_nothing_of_an_end_that_had_no_beginning),
        TEST(an_address_that_is_none_is_an_error),
        TEST(without_sendmail_it_speaks_to_the_mail_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
