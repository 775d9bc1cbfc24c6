// SPDX-License-Identifier: GPL-3.0-or-later
/* spool - what is put can be listed, read, removed, rejected and measured; and who
 * may. */
#include "bark/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"

#define FIRST  "0192e4c8-0000-7000-8000-000000000001"
#define SECOND "0192e4c8-0000-7000-8000-000000000002"

static char *folder, spool[80];

static int set_up(void **state UNUSED)
{
    folder = folder_make();
    snprintf(spool, sizeof spool, "%s/a/spool", folder);
    return 0;
}

static int tear_down(void **state UNUSED)
{
    return folder_remove(folder);
}

static void put_as(const char *name, const char *text)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct error err = {0};
    strbuf_puts(&json, text);
    if (spool_make(spool, &err) < 0 || spool_put(spool, name, &json, &err) < 0)
        fail_msg("%s", err.text);
}

static void put(const char *id, const char *text)
{
    AUTO(str) char *name = weight_file(id, WEIGHT_OTHER);
    put_as(name, text);
}

static void make_file(const char *name, time_t age)
{
    AUTO(str) char *path = text_format("%s/%s", spool, name);
    AUTO(fd) int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    struct timespec times[2] = {{.tv_sec = time(NULL) - age},
                                {.tv_sec = time(NULL) - age}};
    assert_true(fd >= 0);
    assert_int_equal(futimens(fd, times), 0);
}

static void one_that_cannot_be_read_is_not_empty(void **state UNUSED)
{
    assert_false(spool_is_empty("/dev/null"));
}

static void one_that_is_missing_is_empty(void **state UNUSED)
{
    AUTO(texts) struct texts names = {0};
    assert_true(spool_is_empty(spool));
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    assert_int_equal(names.count, 0);
}

static void makes_a_folder_for_its_user_alone(void **state UNUSED)
{
    struct stat status;
    put(FIRST, "{}");
    assert_int_equal(stat(spool, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    AUTO(str) char *path = text_format("%s/" FIRST ".json", spool);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void lists_the_oldest_first(void **state UNUSED)
{
    AUTO(texts) struct texts names = {0};
    put(SECOND, "{}");
    put(FIRST, "{}");
    assert_false(spool_is_empty(spool));
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], FIRST ".json");
    assert_string_equal(names.items[1], SECOND ".json");
}

static void reads_what_was_put(void **state UNUSED)
{
    AUTO(strbuf) struct strbuf found = {0};
    put(FIRST, "{\"v\":1}");
    assert_int_equal(spool_read(spool, FIRST ".json", &found, NULL), 0);
    assert_string_equal(strbuf_text(&found), "{\"v\":1}");
    assert_int_equal(spool_remove(spool, FIRST ".json", NULL), 0);
    assert_true(spool_is_empty(spool));
    assert_int_equal(spool_read(spool, FIRST ".json", &found, NULL), -ENOENT);
    assert_int_equal(spool_remove(spool, FIRST ".json", NULL), -ENOENT);
}

static void sees_only_messages(void **state UNUSED)
{
    put(FIRST, "{}");
    assert_int_equal(spool_reject(spool, FIRST ".json", NULL), 0);
    make_file(".young.json.new", 0);
    make_file("notes.txt", 0);
    assert_true(spool_is_empty(spool));
    AUTO(str) char *path = text_format("%s/rejected/" FIRST ".json", spool);
    assert_int_equal(access(path, F_OK), 0);
}

static void clears_away_what_a_crash_left(void **state UNUSED)
{
    AUTO(texts) struct texts names = {0};
    put(FIRST, "{}");
    make_file(".old.json.new", 7200);
    make_file(".young.json.new", 0);
    assert_int_equal(spool_list(spool, &names, NULL), 0);
    assert_int_equal(names.count, 1);
    AUTO(str) char *old = text_format("%s/.old.json.new", spool);
    AUTO(str) char *young = text_format("%s/.young.json.new", spool);
    assert_int_equal(access(old, F_OK), -1);
    assert_int_equal(access(young, F_OK), 0);
}

static void refuses_a_folder_that_others_can_write(void **state UNUSED)
{
    struct error err;
    put(FIRST, "{}");
    assert_int_equal(chmod(spool, 0770), 0);
    assert_int_equal(spool_make(spool, &err), -EPERM);
    assert_non_null(strstr(err.text, "others can write it (mode 0770)"));
}

static void says_why_it_cannot_be_written(void **state UNUSED)
{
    struct error err;
    assert_int_equal(spool_make("/proc/none/spool", &err), -ENOENT);
    assert_non_null(strstr(err.text, "/proc/none: "));
}

static void one_delivers_at_a_time(void **state UNUSED)
{
    put(FIRST, "{}");
    int first = -1, second = -1;
    struct error err;
    assert_int_equal(spool_lock(spool, 0, &first, &err), 0);
    assert_int_equal(spool_lock(spool, 30, &second, &err), -EAGAIN);
    assert_non_null(strstr(err.text, "another one still delivers"));
    close(first);
    assert_int_equal(spool_lock(spool, 0, &second, &err), 0);
    close(second);
}

static void measures_what_waits(void **state UNUSED)
{
    struct spool_content content;
    put_as(FIRST ".failure.json", "{\"a\":1}");
    put_as(SECOND ".success.json", "{}");
    put_as("0192e4c8-0000-7000-8000-000000000003.json", "{ }");
    make_file("notes.txt", 0);
    assert_int_equal(spool_measure(spool, &content, NULL), 0);
    assert_int_equal(content.count, 3);
    assert_int_equal(content.counts[WEIGHT_FAILURE], 1);
    assert_int_equal(content.counts[WEIGHT_SUCCESS], 1);
    assert_int_equal(content.counts[WEIGHT_OTHER], 1);
    assert_int_equal(content.size, 7 + 2 + 3);
    assert_true(content.oldest > 0);
    assert_true(content.oldest <= (time(NULL) + 1) * 1000);
}

static void the_oldest_is_the_one_that_was_put_first(void **state UNUSED)
{
    struct spool_content content;
    put(FIRST, "{}");
    make_file(SECOND ".json", 7200);
    assert_int_equal(spool_measure(spool, &content, NULL), 0);
    assert_in_range(time(NULL) - content.oldest / 1000, 7200, 7260);
}

static void the_configuration_names_the_folder(void **state UNUSED)
{
    AUTO(config) struct config *config = config_new();
    AUTO(str) char *found = NULL;
    free(config->spool_folder);
    config->spool_folder = text_copy("/somewhere/else");
    assert_int_equal(spool_folder(config, &found, NULL), 0);
    assert_string_equal(found, "/somewhere/else");
}

static void a_want_is_taken_once_and_is_no_message(void **state UNUSED)
{
    assert_false(spool_take_want(folder));
    assert_int_equal(spool_want_facts(folder, NULL), 0);
    assert_int_equal(spool_want_facts(folder, NULL), 0);
    assert_true(spool_is_empty(folder));
    assert_true(spool_take_want(folder));
    assert_false(spool_take_want(folder));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_that_is_missing_is_empty),
        TEST(one_that_cannot_be_read_is_not_empty),
        TEST(makes_a_folder_for_its_user_alone),
        TEST(lists_the_oldest_first),
        TEST(reads_what_was_put),
        TEST(sees_only_messages),
        TEST(clears_away_what_a_crash_left),
        TEST(refuses_a_folder_that_others_can_write),
        TEST(says_why_it_cannot_be_written),
        TEST(one_delivers_at_a_time),
        TEST(measures_what_waits),
        TEST(the_oldest_is_the_one_that_was_put_first),
        TEST(a_want_is_taken_once_and_is_no_message),
        cmocka_unit_test(the_configuration_names_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
