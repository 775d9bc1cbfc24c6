// SPDX-License-Identifier: GPL-3.0-or-later
/* post - a real spool, and a script in the place of sheepdog-deliver. */
#include "daemon/post.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <uv.h>

#include "../folder.h"
#include "bark/spool.h"
#include "base/files.h"

#define PATIENCE 30000 /* ms */

/* It empties the spool at its second run; each run leaves a line. */
static const char script[] = "#!/bin/sh\n"
                             "cd \"${0%/*}\" || exit 9\n"
                             "echo \"$@\" >>runs\n"
                             "[ $(wc -l <runs) -lt 2 ] && echo closed >&2 && exit 75\n"
                             "rm -f spool/*.json\n";

struct office {
    char *folder, *program, *spool;
    struct config *config;
    uv_loop_t loop;
    uv_timer_t limit, look;
    struct helpers *helpers;
    struct post *post;
};

static void on_late(uv_timer_t *timer UNUSED)
{
    fail_msg("nothing happens");
}

static int setup(void **state)
{
    struct office *office = memory_new(sizeof *office);
    office->folder = folder_make();
    office->program = text_format("%s/deliver", office->folder);
    office->spool = text_format("%s/spool", office->folder);
    assert_int_equal(
        files_put(office->folder, "deliver", script, sizeof script - 1, NULL), 0);
    assert_int_equal(chmod(office->program, 0700), 0);
    AUTO(str)
    char *text =
        text_format("(spool (folder \"%s\")) (redact \"token=[a-z]*\")", office->spool);
    assert_int_equal(config_parse("c", text, strlen(text), &office->config, NULL), 0);
    uv_loop_init(&office->loop);
    uv_timer_init(&office->loop, &office->limit);
    uv_timer_init(&office->loop, &office->look);
    office->look.data = office;
    uv_timer_start(&office->limit, on_late, PATIENCE, 0);
    office->helpers = helpers_new(&office->loop);
    struct post_parts parts = {
        .loop = &office->loop, .helpers = office->helpers, .program = office->program};
    assert_int_equal(post_open(&parts, office->config, &office->post, NULL), 0);
    *state = office;
    return 0;
}

static int teardown(void **state)
{
    struct office *office = *state;
    post_close(office->post);
    helpers_free(office->helpers);
    uv_close((uv_handle_t *)&office->limit, NULL);
    uv_close((uv_handle_t *)&office->look, NULL);
    uv_run(&office->loop, UV_RUN_DEFAULT);
    int rc = uv_loop_close(&office->loop);
    config_free(office->config);
    free(office->program);
    free(office->spool);
    rc = folder_remove(office->folder) < 0 ? -1 : rc;
    free(office);
    return rc;
}

static struct message *make_note(const char *text)
{
    struct message *message = message_new();
    message->kind = MESSAGE_NOTE;
    message->tag = text_copy("wool");
    message->text = text_copy(text);
    return message;
}

static void look_whether_empty(uv_timer_t *timer)
{
    struct office *office = timer->data;
    if (spool_is_empty(office->spool))
        uv_stop(&office->loop);
}

static void stop(void *context)
{
    struct office *office = context;
    uv_stop(&office->loop);
}

static void read_runs(const struct office *office, struct strbuf *runs)
{
    AUTO(str) char *path = text_format("%s/runs", office->folder);
    assert_int_equal(files_read(path, 65536, runs, NULL), 0);
}

static void delivers_again_after_a_failure(void **state)
{
    struct office *office = *state;
    AUTO(message) struct message *first = make_note("one");
    AUTO(message) struct message *second = make_note("two");
    AUTO(strbuf) struct strbuf runs = {0};
    assert_int_equal(post_put(office->post, first), 0);
    assert_int_equal(post_put(office->post, second), 0);
    assert_false(spool_is_empty(office->spool));
    uv_timer_start(&office->look, look_whether_empty, 20, 20);
    uv_run(&office->loop, UV_RUN_DEFAULT);
    read_runs(office, &runs);
    AUTO(str)
    char *wanted = text_format("--folder %s --patience 5000ms -c c\n"
                               "--folder %s --patience 5000ms -c c\n",
                               office->spool, office->spool);
    assert_string_equal(strbuf_text(&runs), wanted);
}

static void redacts_and_signs(void **state)
{
    struct office *office = *state;
    AUTO(message) struct message *note = make_note("at token=secret here");
    AUTO(texts) struct texts names = {0};
    AUTO(strbuf) struct strbuf json = {0};
    assert_int_equal(post_put(office->post, note), 0);
    assert_int_equal(spool_list(office->spool, &names, NULL), 0);
    assert_int_equal(names.count, 1);
    assert_int_equal(spool_read(office->spool, names.items[0], &json, NULL), 0);
    assert_null(strstr(strbuf_text(&json), "secret"));
    assert_non_null(strstr(strbuf_text(&json), "\"text\":\"at [redacted] here\""));
    assert_non_null(strstr(strbuf_text(&json), "\"host\":\""));
}

static void a_beat_says_no_more_than_it_must(void **state)
{
    struct office *office = *state;
    AUTO(message) struct message *beat = make_note(NULL);
    AUTO(texts) struct texts names = {0};
    AUTO(strbuf) struct strbuf json = {0};
    beat->kind = MESSAGE_BEAT;
    beat->every = 60000;
    assert_int_equal(post_put(office->post, beat), 0);
    assert_int_equal(spool_list(office->spool, &names, NULL), 0);
    assert_int_equal(spool_read(office->spool, names.items[0], &json, NULL), 0);
    assert_null(strstr(strbuf_text(&json), "\"user\""));
    assert_null(strstr(strbuf_text(&json), "\"zone\""));
    assert_non_null(strstr(names.items[0], ".reading.json"));
}

static void says_that_the_spool_takes_nothing(void **state)
{
    struct office *office = *state;
    AUTO(message) struct message *note = make_note("one");
    assert_int_equal(files_put(office->folder, "spool", "", 0, NULL), 0);
    assert_true(post_put(office->post, note) < 0);
}

static void ends_with_what_was_there_offered_once(void **state)
{
    struct office *office = *state;
    AUTO(message) struct message *note = make_note("one");
    AUTO(strbuf) struct strbuf runs = {0};
    assert_int_equal(post_put(office->post, note), 0);
    post_finish(office->post, 700, stop, office);
    uv_run(&office->loop, UV_RUN_DEFAULT);
    read_runs(office, &runs);
    assert_non_null(strstr(strbuf_text(&runs), "--patience 700ms -c c\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(delivers_again_after_a_failure),
        TEST(redacts_and_signs),
        TEST(a_beat_says_no_more_than_it_must),
        TEST(says_that_the_spool_takes_nothing),
        TEST(ends_with_what_was_there_offered_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
