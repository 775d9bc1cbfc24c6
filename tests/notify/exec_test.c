// SPDX-License-Identifier: GPL-3.0-or-later
/* exec - programs that are told, that fail, that are not there, that hang. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../config/parsed.h"
#include "../folder.h"
#include "base/clock.h"
#include "base/files.h"
#include "config/notifiers.h"
#include "notify/notifier.h"
#include "sample.h"

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    return folder_remove(*state);
}

/* words: as behind (exec …). Tells once. */
static int tell(const char *words, struct error *err)
{
    AUTO(str) char *text = text_format("(notifier x (exec %s))", words);
    AUTO(config) struct config *config = parsed(text);
    AUTO(notice) struct notice notice = sample_new();
    const struct notifier_form *form;
    void *exec = NULL;
    const struct notifier *notifier = notifier_named(config, "x", &form);
    assert_int_equal(notifier->open(config, form, &exec, NULL), 0);
    int rc = notifier->tell(exec, &notice, err);
    notifier->close(exec);
    return rc;
}

static void a_program_gets_it_on_its_input(void **state)
{
    AUTO(str) char *path = text_format("%s/told", (char *)*state);
    AUTO(str)
    char *words = text_format(
        "\"/bin/sh\" \"-c\" \"cat >$0; printf %%s $# $1 >>$0\" \"%s\" \"a'b\"", path);
    AUTO(strbuf) struct strbuf told = {0};
    assert_int_equal(tell(words, NULL), 0);
    assert_int_equal(files_read(path, 1 << 20, &told, NULL), 0);
    assert_memory_equal(told.data, "{\"v\":1,", 7);
    assert_string_equal(strrchr(told.data, '\n'), "\n1a'b");
}

static void one_that_does_not_listen_is_told_all_the_same(void **state UNUSED)
{
    assert_int_equal(tell("\"/bin/true\"", NULL), 0);
}

static void what_fails_is_an_error_with_its_words(void **state UNUSED)
{
    struct error err = {0};
    assert_true(tell("\"/bin/sh\" \"-c\" \"echo no line >&2; exit 3\"", &err) < 0);
    assert_non_null(strstr(err.text, "/bin/sh: "));
    assert_non_null(strstr(err.text, "3"));
    assert_non_null(strstr(err.text, "no line"));
    assert_true(tell("\"/nowhere/page\"", &err) < 0);
    assert_memory_equal(err.text, "/nowhere/page: ", 15);
}

static void what_hangs_is_ended(void **state UNUSED)
{
    struct error err = {0};
    int64_t begin = clock_monotonic();
    assert_int_equal(tell("\"/bin/sleep\" \"100\" (timeout \"1s\")", &err), -ETIMEDOUT);
    assert_true(clock_monotonic() - begin < 60000000);
}

static void what_prints_without_end_is_ended(void **state UNUSED)
{
    assert_true(tell("\"/bin/sh\" \"-c\" \"yes\" (timeout \"30s\")", NULL) < 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    sample_zone();
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_program_gets_it_on_its_input),
        WITH_FOLDER(one_that_does_not_listen_is_told_all_the_same),
        WITH_FOLDER(what_fails_is_an_error_with_its_words),
        WITH_FOLDER(what_hangs_is_ended),
        WITH_FOLDER(what_prints_without_end_is_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
