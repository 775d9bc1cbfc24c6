// SPDX-License-Identifier: GPL-3.0-or-later
/* digests - a server that was stopped when a digest was due, and runs again. */
#include "alert/digests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

#include "../folder.h"
#include "alert/digest.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/incidents.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

struct server {
    char *folder, *path;
    struct store *store;
    struct config *config; /* a digest a day, half a day from now */
    uv_loop_t loop;
    struct worker *worker;
    struct digests *digests;
    int news; /* so often */
};

static int set_up(void **state)
{
    struct server *server = memory_new(sizeof *server);
    int64_t hour = (clock_now() / HOUR + 12) % 24;
    AUTO(str)
    char *conf = text_format("(zone \"UTC\") (mailto \"me@example.org\")"
                             "(digest (at \"%02d:00\"))",
                             (int)hour);
    server->folder = folder_make();
    server->path = text_format("%s/store.db", server->folder);
    assert_int_equal(store_open(server->path, &server->store, NULL), 0);
    assert_int_equal(config_parse("conf", conf, strlen(conf), &server->config, NULL),
                     0);
    assert_int_equal(uv_loop_init(&server->loop), 0);
    server->worker = worker_new(&server->loop);
    *state = server;
    return 0;
}

static int tear_down(void **state)
{
    struct server *server = *state;
    worker_free(server->worker);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&server->loop), 0);
    store_close(server->store);
    config_free(server->config);
    int rc = folder_remove(server->folder);
    free(server->path);
    free(server);
    return rc;
}

static void count_news(void *context)
{
    struct server *server = context;
    server->news++;
}

static void do_nothing(void *context)
{
    (void)context;
}

/* The server runs until it waits for the next one. */
static void run(struct server *server)
{
    const struct watch_parts parts = {.loop = &server->loop,
                                      .worker = server->worker,
                                      .store = server->store,
                                      .path = server->path,
                                      .has_news = count_news,
                                      .context = server};
    server->digests = digests_new(&parts, server->config);
    digests_start(server->digests);
    do
        uv_run(&server->loop, UV_RUN_ONCE);
    while (uv_backend_timeout(&server->loop) <= 0);
    digests_stop(server->digests, do_nothing, NULL);
    digests_free(server->digests);
    uv_run(&server->loop, UV_RUN_NOWAIT);
}

/* The last one went until then. */
static void went_until(struct server *server, int64_t time)
{
    int64_t last;
    assert_int_equal(store_begin(server->store, NULL), 0);
    assert_int_equal(digests_last(server->store, time, &last, NULL), 0);
    assert_int_equal(store_commit(server->store, NULL), 0);
    assert_int_equal(last, time);
}

static int collect(const struct telling *telling, void *context)
{
    strbuf_printf(context, "%s to %s: %s\n", telling_kind_name(telling->kind),
                  telling->address, telling->body);
    return 0;
}

static void find_told(struct server *server, struct strbuf *ret)
{
    const struct telling_filter filter = {0};
    assert_int_equal(store_each_telling(server->store, &filter, collect, ret, NULL), 0);
}

/* ---- claims ---- */

static void what_a_stop_let_pass_is_told_once_and_says_that_it_is_late(void **state)
{
    struct server *server = *state;
    AUTO(strbuf) struct strbuf told = {0};
    char since[CLOCK_TEXT_SIZE];
    int64_t last = clock_now() - 10 * DAY;
    went_until(server, last);
    run(server);
    run(server);
    assert_int_equal(server->news, 1);
    find_told(server, &told);
    clock_format_local(last, CLOCK_ZONED, since);
    AUTO(str) char *from = text_format("From %s to ", since);
    assert_non_null(strstr(told.data, from));
    assert_memory_equal(told.data, "digest to me@example.org: ", 26);
    assert_non_null(strstr(told.data, "\"text\":\"It is late: it was due "));
    assert_ptr_equal(strchr(told.data, '\n'), told.data + told.size - 1);
}

static void nothing_is_due_when_it_begins(void **state)
{
    struct server *server = *state;
    AUTO(strbuf) struct strbuf told = {0};
    run(server);
    find_told(server, &told);
    assert_int_equal(server->news, 0);
    assert_string_equal(strbuf_text(&told), "");
}

static void what_comes_at_its_time_is_not_late(void **state)
{
    (void)state;
    AUTO(strbuf) struct strbuf text = {0};
    digest_put_late(DAY, DAY + 4 * MINUTE, &text);
    assert_string_equal(strbuf_text(&text), "");
    digest_put_late(DAY, DAY + 5 * MINUTE, &text);
    assert_string_equal(text.data, "It is late: it was due 1970-01-02 00:00 UTC.\n");
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            what_a_stop_let_pass_is_told_once_and_says_that_it_is_late, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_due_when_it_begins, set_up,
                                        tear_down),
        cmocka_unit_test(what_comes_at_its_time_is_not_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
