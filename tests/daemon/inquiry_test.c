// SPDX-License-Identifier: GPL-3.0-or-later
/* inquiry - plugins in a folder of our own, that count how often they are asked. */
#include "daemon/inquiry.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <uv.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"

#define PATIENCE 60000 /* ms */

struct yard {
    char *folder, *asked; /* asked: a file with a line for each time */
    struct config *config;
    uv_loop_t loop;
    uv_timer_t limit;
    struct helpers *helpers;
    struct inquiry *inquiry;
    int done;
    struct stock stock; /* as it was given last */
};

static void on_done(void *context)
{
    struct yard *yard = context;
    yard->done++;
}

static void on_late(uv_timer_t *timer UNUSED)
{
    fail_msg("nobody answers");
}

static int set_up(void **state)
{
    struct yard *yard = memory_new(sizeof *yard);
    AUTO(str) char *plugins = NULL;
    signal(SIGPIPE, SIG_IGN);
    yard->folder = folder_make();
    yard->asked = text_format("%s/asked", yard->folder);
    plugins = text_format("%s/plugins", yard->folder);
    assert_int_equal(mkdir(plugins, 0700), 0);
    yard->config = config_new();
    texts_add(&yard->config->plugins, plugins);
    uv_loop_init(&yard->loop);
    uv_timer_init(&yard->loop, &yard->limit);
    uv_timer_start(&yard->limit, on_late, PATIENCE, 0);
    yard->helpers = helpers_new(&yard->loop);
    yard->inquiry = inquiry_new(yard->helpers, on_done, yard);
    *state = yard;
    return 0;
}

static int tear_down(void **state)
{
    struct yard *yard = *state;
    inquiry_free(yard->inquiry);
    helpers_free(yard->helpers);
    uv_close((uv_handle_t *)&yard->limit, NULL);
    uv_run(&yard->loop, UV_RUN_DEFAULT);
    uv_loop_close(&yard->loop);
    stock_clear(&yard->stock);
    config_free(yard->config);
    int rc = folder_remove(yard->folder);
    free(yard->asked);
    free(yard);
    return rc;
}

static void put(const struct yard *yard, const char *name, const char *line)
{
    AUTO(str)
    char *text = text_format("#!/bin/sh\necho %s >>%s\n%s\n", name, yard->asked, line);
    AUTO(str) char *path = text_format("%s/plugins/%s", yard->folder, name);
    AUTO(str) char *folder = text_format("%s/plugins", yard->folder);
    assert_int_equal(files_put(folder, name, text, strlen(text), NULL), 0);
    assert_int_equal(chmod(path, 0700), 0);
}

static void ask(struct yard *yard)
{
    int done = yard->done;
    inquiry_begin(yard->inquiry, yard->config);
    while (yard->done == done)
        uv_run(&yard->loop, UV_RUN_ONCE);
    assert_int_equal(yard->done, done + 1);
    assert_false(inquiry_is_running(yard->inquiry));
    stock_clear(&yard->stock);
    inquiry_give(yard->inquiry, &yard->stock);
}

static int count_asked(const struct yard *yard, const char *name)
{
    AUTO(strbuf) struct strbuf text = {0};
    int count = 0;
    if (files_read(yard->asked, 1 << 20, &text, NULL) < 0)
        return 0;
    for (const char *at = strbuf_text(&text); (at = strstr(at, name)); at++)
        count++;
    return count;
}

/* ---- what is claimed ---- */

static void nobody_is_asked_where_there_is_none(void **state)
{
    struct yard *yard = *state;
    ask(yard);
    assert_int_equal(yard->stock.plugins.count, 0);
    assert_int_equal(yard->stock.trouble_count, 0);
}

static void all_answer_in_the_order_of_their_names(void **state)
{
    struct yard *yard = *state;
    put(yard, "wool", "echo '(plugin (name \"wool\") (every \"9s\"))'");
    put(yard, "hay", "sleep 0.1; echo ok");
    put(yard, "straw", "exit 2");
    for (int i = 0; i < 10; i++) {
        AUTO(str) char *name = text_format("sheep-%d", i);
        put(yard, name, "echo ok");
    }
    ask(yard);
    assert_int_equal(yard->stock.plugins.count, 13);
    assert_int_equal(yard->stock.trouble_count, 0);
    assert_string_equal(yard->stock.plugins.items[0]->name, "hay");
    assert_string_equal(yard->stock.plugins.items[12]->name, "wool");
    assert_true(yard->stock.plugins.items[12]->is_described);
}

static void one_that_did_not_change_is_asked_once(void **state)
{
    struct yard *yard = *state;
    put(yard, "wool", "echo ok");
    put(yard, "hay", "echo ok");
    ask(yard);
    assert_false(inquiry_is_outdated(yard->inquiry, yard->config));
    put(yard, "hay", "echo '(plugin (name \"hay\") (help \"it is dry\"))'");
    assert_true(inquiry_is_outdated(yard->inquiry, yard->config));
    inquiry_forget_troubles(yard->inquiry);
    ask(yard);
    assert_int_equal(count_asked(yard, "wool"), 1);
    assert_int_equal(count_asked(yard, "hay"), 2);
    assert_string_equal(stock_find(&yard->stock, "hay")->help, "it is dry");
    assert_non_null(stock_find(&yard->stock, "wool"));
}

static void one_that_cannot_be_used_is_asked_again_when_it_changed(void **state)
{
    struct yard *yard = *state;
    put(yard, "broken", "echo '{'");
    ask(yard);
    assert_int_equal(yard->stock.trouble_count, 1);
    assert_string_equal(yard->stock.troubles[0].name, "broken");
    ask(yard);
    assert_int_equal(count_asked(yard, "broken"), 1);
    inquiry_forget_troubles(yard->inquiry);
    ask(yard);
    assert_int_equal(count_asked(yard, "broken"), 2);
    put(yard, "broken", "echo ok");
    assert_true(inquiry_is_outdated(yard->inquiry, yard->config));
    ask(yard);
    assert_int_equal(yard->stock.trouble_count, 0);
    assert_non_null(stock_find(&yard->stock, "broken"));
}

static void one_that_others_can_write_is_not_run(void **state)
{
    struct yard *yard = *state;
    AUTO(str) char *path = text_format("%s/plugins/wool", yard->folder);
    put(yard, "wool", "echo ok");
    assert_int_equal(chmod(path, 0777), 0);
    ask(yard);
    assert_int_equal(count_asked(yard, "wool"), 0);
    assert_non_null(strstr(yard->stock.troubles[0].text, "mode 0777"));
    assert_int_equal(chmod(path, 0700), 0);
    assert_true(inquiry_is_outdated(yard->inquiry, yard->config));
    ask(yard);
    assert_int_equal(count_asked(yard, "wool"), 1);
}

static void a_folder_that_is_missing_is_a_trouble(void **state)
{
    struct yard *yard = *state;
    AUTO(str) char *path = text_format("%s/none", yard->folder);
    texts_add(&yard->config->plugins, path);
    ask(yard);
    assert_int_equal(yard->stock.trouble_count, 1);
    assert_null(yard->stock.troubles[0].name);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(inquiry_is_outdated(yard->inquiry, yard->config));
}

static void those_that_come_with_sheepdog_are_asked_where_named(void **state)
{
    struct yard *yard = *state;
    struct error why;
    config_free(yard->config);
    assert_int_equal(config_parse("d.conf", "(monitor updates) (monitor load)", 32,
                                  &yard->config, &why),
                     0);
    ask(yard);
    assert_int_equal(yard->stock.own.count, 1);
    assert_non_null(stock_find(&yard->stock, "updates"));
}

static void may_be_freed_while_it_asks(void **state)
{
    struct yard *yard = *state;
    put(yard, "slow", "sleep 100");
    inquiry_begin(yard->inquiry, yard->config);
    assert_true(inquiry_is_running(yard->inquiry));
    inquiry_free(TAKE(yard->inquiry));
    assert_int_equal(yard->done, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_is_asked_where_there_is_none),
        TEST(all_answer_in_the_order_of_their_names),
        TEST(one_that_did_not_change_is_asked_once),
        TEST(one_that_cannot_be_used_is_asked_again_when_it_changed),
        TEST(one_that_others_can_write_is_not_run),
        TEST(a_folder_that_is_missing_is_a_trouble),
        TEST(those_that_come_with_sheepdog_are_asked_where_named),
        TEST(may_be_freed_while_it_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
