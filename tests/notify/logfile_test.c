// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/files.h"
#include "notify/notifier.h"
#include "sample.h"

/* A log in a folder of its own. */
struct fixture {
    char folder[32];
    char *path;
    struct config *config;
    void *log;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    memcpy(fixture->folder, "/tmp/sheepdog-log.XXXXXX", 25);
    if (!mkdtemp(fixture->folder))
        return -1;
    fixture->path = text_format("%s/log", fixture->folder);
    fixture->config = config_new();
    sample_text(&fixture->config->log, fixture->path);
    *state = fixture;
    return notifier_find("log")->open(fixture->config, NULL, &fixture->log, NULL);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    notifier_find("log")->close(fixture->log);
    config_free(fixture->config);
    unlink(fixture->path);
    rmdir(fixture->folder);
    free(fixture->path);
    free(fixture);
    return 0;
}

static void tell(struct fixture *fixture, const struct notice *notice)
{
    assert_int_equal(notifier_find("log")->tell(fixture->log, notice, NULL), 0);
}

static void expect_log(const struct fixture *fixture, const char *wanted)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(files_read(fixture->path, 4096, &text, NULL), 0);
    assert_string_equal(strbuf_text(&text), wanted);
}

static void a_change_is_a_line(void **state)
{
    AUTO(notice) struct notice notice = sample_new();
    tell(*state, &notice);
    sample_recover(&notice);
    sample_output(&notice.message->errors, "");
    tell(*state, &notice);
    expect_log(*state, "2026-11-22 09:48:08 FAIL penguin2 P2-ETC (2): "
                       "Repository /backup/borg does not exist.\n"
                       "2026-11-22 09:48:08 OK penguin2 P2-ETC after 3 h 12 min\n");
}

static void a_message_forges_no_line(void **state)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_tag(&notice, "x\n2026-01-01 00:00:00 OK penguin2 y");
    sample_output(&notice.message->errors, "a\rb\x1B[2Jc\n");
    tell(*state, &notice);
    AUTO(strbuf) struct strbuf text = {0};
    const struct fixture *fixture = *state;
    assert_int_equal(files_read(fixture->path, 4096, &text, NULL), 0);
    assert_ptr_equal(strchr(text.data, '\n'), text.data + text.size - 1);
    assert_null(strpbrk(text.data, "\r\x1B"));
}

static void the_file_may_be_rotated_away(void **state)
{
    struct fixture *fixture = *state;
    AUTO(notice) struct notice notice = sample_new();
    sample_output(&notice.message->errors, "");
    tell(fixture, &notice);
    assert_int_equal(unlink(fixture->path), 0);
    tell(fixture, &notice);
    expect_log(fixture, "2026-11-22 09:48:08 FAIL penguin2 P2-ETC (2)\n");
    struct stat status;
    assert_int_equal(stat(fixture->path, &status), 0);
    assert_int_equal(status.st_mode & 0137, 0);
}

static void says_which_file_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    AUTO(notice) struct notice notice = sample_new();
    struct error error;
    assert_int_equal(mkdir(fixture->path, 0700), 0);
    assert_int_equal(notifier_find("log")->tell(fixture->log, &notice, &error),
                     -EISDIR);
    assert_memory_equal(error.text, fixture->path, strlen(fixture->path));
    rmdir(fixture->path);
}

static void a_pipe_that_nobody_reads_does_not_hang_it(void **state)
{
    struct fixture *fixture = *state;
    AUTO(notice) struct notice notice = sample_new();
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    assert_int_equal(notifier_find("log")->tell(fixture->log, &notice, NULL), -ENXIO);
}

static void unknown_notifiers_are_not_found(void **state UNUSED)
{
    assert_null(notifier_find("pigeon"));
    assert_string_equal(notifier_find("email")->name, "email");
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_is_a_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_forges_no_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_may_be_rotated_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(says_which_file_cannot_be_written, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_that_nobody_reads_does_not_hang_it,
                                        set_up, tear_down),
        cmocka_unit_test(unknown_notifiers_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
