// SPDX-License-Identifier: GPL-3.0-or-later
/* receiver - real processes, a real store, and a pump between; whatever a receiver
 * does, the messages behind it come to it, and what it says is there once. */
#include "../store/fixture.h"

#include <sys/stat.h>
#include <uv.h>

#include "../folder.h"
#include "base/files.h"
#include "base/log.h"
#include "handler/pump.h"
#include "receiver/receiver.h"
#include "receiver/trouble.h"

#define PATIENCE  300   /* ms */
#define PAUSE_MIN 10    /* ms */
#define LIMIT     30000 /* ms that a test waits for anything */

#define READS                                                                          \
    "while read -r line; do word=${line#*'\"text\":\"'}; word=${word%%'\"'*}\n"

struct house {
    struct fixture *fixture;
    char *folder, *open; /* of the plugin; that it may write into */
    uv_loop_t loop;
    uv_timer_t tick;
    struct intake *intake;
    struct worker *worker;
    struct config *config;
    struct pump *pump;
    struct plugin *plugin;
    struct starter *starter;
    struct receiver *receiver;
    struct store *reader;
    bool has_stopped;
    struct parcel parcel;
    bool is_answered;
};

static void on_stored(void *context, bool has_news UNUSED,
                      struct touched *touched UNUSED)
{
    struct house *house = context;
    if (house->receiver)
        receiver_wake(house->receiver);
}

static void wake_pump(void *context)
{
    struct house *house = context;
    pump_wake(house->pump);
}

static void on_tick(uv_timer_t *tick UNUSED)
{
}

static int setup(void **state)
{
    struct house *house = memory_new(sizeof *house);
    struct error err = {0};
    log_limit(LOG_LEVEL_ERROR);
    assert_int_equal(starter_open(&house->starter, &err), 0);
    fixture_setup((void **)&house->fixture);
    assert_done(house->fixture, store_open_reader(house->fixture->path, &house->reader,
                                                  &house->fixture->err));
    house->folder = folder_make();
    house->open = text_format("%s/open", house->folder);
    assert_int_equal(chmod(house->folder, 0755) | mkdir(house->open, 0755), 0);
    assert_int_equal(chmod(house->open, 0777), 0);
    uv_loop_init(&house->loop);
    uv_timer_init(&house->loop, &house->tick);
    house->intake = intake_new(64 << 20);
    house->worker = worker_new(&house->loop);
    house->config = config_new();
    house->pump = pump_new(&(struct pump_parts){.intake = house->intake,
                                                .worker = house->worker,
                                                .store = house->fixture->store,
                                                .stored = on_stored,
                                                .context = house},
                           house->config);
    *state = house;
    return 0;
}

/* ---- waiting ---- */

/* Until it holds; a test that waits for too long fails. */
static void run_until(struct house *house, bool (*holds)(struct house *house))
{
    int64_t end = clock_monotonic() + (int64_t)LIMIT * 1000;
    uv_timer_start(&house->tick, on_tick, 10, 10);
    while (!holds(house)) {
        if (clock_monotonic() > end)
            fail_msg("it does not come");
        uv_run(&house->loop, UV_RUN_ONCE);
    }
    uv_timer_stop(&house->tick);
}

static bool has_stopped(struct house *house)
{
    return house->has_stopped;
}

static bool is_answered(struct house *house)
{
    return house->is_answered;
}

static bool is_idle(struct house *house)
{
    return worker_is_idle(house->worker);
}

static void on_stopped(void *context)
{
    struct house *house = context;
    house->has_stopped = true;
}

static void stop(struct house *house)
{
    if (!house->receiver)
        return;
    house->has_stopped = false;
    receiver_stop(house->receiver, on_stopped, house);
    run_until(house, has_stopped);
    receiver_free(TAKE(house->receiver));
    run_until(house, is_idle);
}

static int teardown(void **state)
{
    struct house *house = *state;
    stop(house);
    plugin_free(house->plugin);
    pump_free(house->pump);
    worker_free(house->worker);
    intake_free(house->intake);
    config_free(house->config);
    store_close(house->reader);
    starter_close(house->starter);
    uv_close((uv_handle_t *)&house->tick, NULL);
    uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&house->loop), 0);
    AUTO(str) char *lock = text_format("%s-receiver-r", house->fixture->path);
    unlink(lock);
    fixture_teardown((void **)&house->fixture);
    assert_int_equal(folder_remove(house->folder), 0);
    free(house->open);
    free(house);
    return 0;
}

/* ---- what goes in and what is there ---- */

static void on_answer(struct parcel *parcel, int rc)
{
    struct house *house = parcel->sender;
    assert_int_equal(rc, 0);
    message_list_clear(&parcel->messages);
    house->is_answered = true;
}

/* Message n, "m1", of host "h1". */
static void bark(struct house *house, unsigned n, const char *tag)
{
    char id[UUID_SIZE];
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"host\":\"h%u\",\"tag\":\"%s\",\n"
                             "\"text\":\"m%u\",\"kind\":\"note\"}",
                             id_of(n, id), n, tag, n);
    struct message **items = memory_new(sizeof(struct message *));
    items[0] = message_read(json);
    house->is_answered = false;
    house->parcel = (struct parcel){.messages = {.items = items, .count = 1},
                                    .source = "door",
                                    .came = NOON,
                                    .answer = on_answer,
                                    .sender = house};
    assert_int_equal(intake_push(house->intake, &house->parcel), 0);
    pump_wake(house->pump);
    run_until(house, is_answered);
}

/* With a tag that the receiver gets. */
static void bark_some(struct house *house, unsigned from, unsigned to)
{
    for (unsigned n = from; n <= to; n++)
        bark(house, n, "job");
}

static int add_said(const struct message_row *row, void *context)
{
    struct strbuf *said = context;
    AUTO(message) struct message *message = NULL;
    struct message_defaults defaults = {.now = NOON};
    if (message_parse(row->body, strlen(row->body), &defaults, &message, NULL) == 0 &&
        message->receiver && message->kind == MESSAGE_NOTE)
        strbuf_printf(said, "%s%s %s %s", said->size > 0 ? ", " : "", message->host,
                      message->tag, row->last_word);
    return 0;
}

/* "h1 r got m1, h2 r got m2": all that receivers said, in the order it was stored. */
static char *said(struct house *house)
{
    struct strbuf text = {0};
    assert_done(house->fixture, store_each_stored(house->reader, 0, 0, 100000, add_said,
                                                  &text, &house->fixture->err));
    return strbuf_take(&text);
}

static bool has_m2(struct house *house)
{
    AUTO(str) char *text = said(house);
    return strstr(text, "got m2") != NULL;
}

static bool has_m9(struct house *house)
{
    AUTO(str) char *text = said(house);
    return strstr(text, "got m9") != NULL;
}

static void assert_said(struct house *house, const char *wanted)
{
    AUTO(str) char *text = said(house);
    assert_string_equal(text, wanted);
}

static void start_again(struct house *house)
{
    house->receiver =
        receiver_new(&(struct receiver_parts){.loop = &house->loop,
                                              .plugin = house->plugin,
                                              .starter = house->starter,
                                              .store = house->fixture->path,
                                              .intake = house->intake,
                                              .pushed = wake_pump,
                                              .context = house,
                                              .patience = PATIENCE,
                                              .pause_min = PAUSE_MIN});
}

static bool has_position(struct house *house)
{
    AUTO(str) char *position = NULL;
    assert_done(house->fixture, store_get_position(house->reader, "receiver:r",
                                                   &position, &house->fixture->err));
    return position;
}

/* The script, in which $OPEN is a folder it may write into, with these patterns; from
 * now on it gets what is stored. */
static void start_for(struct house *house, const char *patterns, const char *script)
{
    struct error err = {0};
    AUTO(str)
    char *description =
        text_format("(plugin (name \"r\") (receives %s) (monitor #f)"
                    " (relation seen (column word text key) (column n number)))",
                    patterns);
    AUTO(str)
    char *text = text_format("#!/bin/sh\nOPEN=%s\n%s\n", house->open, script);
    AUTO(str) char *path = text_format("%s/r", house->folder);
    assert_int_equal(files_put(house->folder, "r", text, strlen(text), &err), 0);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(
        plugin_read(path, description, strlen(description), &house->plugin, &err), 0);
    start_again(house);
    run_until(house, has_position);
}

static void start(struct house *house, const char *script)
{
    start_for(house, "\"job*\"", script);
}

/* ---- the tests ---- */

static void each_message_is_given_in_order(void **state)
{
    struct house *house = *state;
    start(house, READS "echo \"note got $word\"; done");
    bark(house, 100, "other");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h1 r got m1, h2 r got m2");
}

static void what_it_says_may_be_of_a_part_or_of_another_host(void **state)
{
    struct house *house = *state;
    start(house,
          READS "echo '{\"state\":\"warning\",\"text\":\"hot\",\"part\":\"p\"}'\n"
                "echo '{\"note\":\"there\",\"host\":\"far\"}'\n"
                "echo \"note got $word\"; done");
    bark_some(house, 2, 2);
    run_until(house, has_m2);
    assert_said(house, "h2 r:p hot, far r there, h2 r got m2");
}

static void what_receivers_say_is_given_to_none(void **state)
{
    struct house *house = *state;
    start_for(house, "\"*\"", READS "echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    bark_some(house, 9, 9);
    run_until(house, has_m9);
    assert_said(house, "h1 r got m1, h2 r got m2, h9 r got m9");
}

static void what_is_said_again_is_stored_once(void **state)
{
    struct house *house = *state;
    start(house, READS "echo \"note got $word\"; echo \"note more\"\n"
                       "[ -e $OPEN/once ] || { touch $OPEN/once; kill -9 $$; }; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    stop(house);
    assert_said(house, "h1 r got m1, h1 r more, h2 r got m2, h2 r more");
}

static void a_message_it_always_fails_with_is_passed_over(void **state)
{
    struct house *house = *state;
    start(house, READS "echo x >>$OPEN/tries; [ $word != m1 ] || exit 3\n"
                       "echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h2 r got m2");
    AUTO(str) char *path = text_format("%s/tries", house->open);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 2 * (TROUBLE_TRIES + 1));
}

static void one_that_hangs_is_ended(void **state)
{
    struct house *house = *state;
    start(house, READS "[ $word != m1 ] || sleep 1000\n"
                       "echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h2 r got m2");
}

static void one_that_prints_without_end_is_ended(void **state)
{
    struct house *house = *state;
    start(house, READS "[ $word != m1 ] || exec yes ''\n"
                       "echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h2 r got m2");
}

static void one_that_reads_nothing_keeps_nobody_waiting(void **state)
{
    struct house *house = *state;
    start(house, "[ -e $OPEN/good ] || exec sleep 1000\n" READS
                 "echo \"note got $word\"; done");
    bark_some(house, 1, 2); /* stored at once */
    AUTO(str) char *good = text_format("%s/good", house->open);
    FILE *file = fopen(good, "we");
    assert_non_null(file);
    fclose(file);
    run_until(house, has_m2);
    assert_said(house, "h1 r got m1, h2 r got m2");
}

static void lines_that_cannot_be_read_are_left_out(void **state)
{
    struct house *house = *state;
    start(house, READS "echo 'what is this'; echo '{'; printf '\\377\\n'\n"
                       "echo \"note got $word\"; echo 'reading a b'; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h1 r got m1, h2 r got m2");
}

static void one_made_for_one_message_is_started_for_each(void **state)
{
    struct house *house = *state;
    start(house, READS "echo \"note got $word\"; exit; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_said(house, "h1 r got m1, h2 r got m2");
}

static void it_goes_on_where_it_was(void **state)
{
    struct house *house = *state;
    start(house, READS "echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    stop(house);
    bark_some(house, 3, 5);
    start_again(house);
    bark_some(house, 9, 9);
    run_until(house, has_m9);
    assert_said(house, "h1 r got m1, h2 r got m2, h3 r got m3, h4 r got m4, "
                       "h5 r got m5, h9 r got m9");
}

static void its_end_is_awaited_and_what_it_then_says_is_stored(void **state)
{
    struct house *house = *state;
    start(house, READS "echo \"note got $word\"; done; echo 'note farewell'");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    stop(house);
    assert_said(house, "h1 r got m1, h2 r got m2, h2 r farewell");
}

static void one_that_does_not_end_is_killed(void **state)
{
    struct house *house = *state;
    start(house, "trap '' TERM INT HUP\n" READS
                 "echo \"note got $word\"; done; while :; do sleep 1; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    int64_t begin = clock_monotonic();
    stop(house);
    assert_in_range(clock_monotonic() - begin, 0, 5000000);
}

static int add_fact(const struct relation *relation UNUSED, const struct fact_row *row,
                    void *context)
{
    strbuf_printf(context, "%s %s=%s;", row->host, row->values[0], row->values[1]);
    return 0;
}

static void a_fact_takes_the_place_of_that_of_its_key(void **state)
{
    struct house *house = *state;
    AUTO(strbuf) struct strbuf facts = {0};
    struct fact_filter filter = {.relation = "seen", .limit = 100};
    start(house, READS
          "echo \"fact seen $word 1\"; echo \"fact seen last ${word#m}\"\n"
          "echo \"{\\\"fact\\\":\\\"seen\\\",\\\"row\\\":[\\\"$word\\\",2],"
          "\\\"host\\\":\\\"far\\\"}\"\n"
          "echo 'fact seen x'; echo 'fact other 1'; echo \"note got $word\"; done");
    bark_some(house, 1, 2);
    run_until(house, has_m2);
    assert_done(house->fixture, store_each_fact(house->reader, &filter, add_fact,
                                                &facts, &house->fixture->err));
    const char *all = strbuf_text(&facts);
    static const char *const wanted[] = {"h1 m1=1;",   "h1 last=1;", "h2 m2=1;",
                                         "h2 last=2;", "far m1=2;",  "far m2=2;"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(all, wanted[i]))
            fail_msg("%s is not among %s", wanted[i], all);
    assert_null(strstr(all, " x="));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_message_is_given_in_order),
        TEST(what_it_says_may_be_of_a_part_or_of_another_host),
        TEST(what_receivers_say_is_given_to_none),
        TEST(what_is_said_again_is_stored_once),
        TEST(a_message_it_always_fails_with_is_passed_over),
        TEST(one_that_hangs_is_ended),
        TEST(one_that_prints_without_end_is_ended),
        TEST(one_that_reads_nothing_keeps_nobody_waiting),
        TEST(lines_that_cannot_be_read_are_left_out),
        TEST(one_made_for_one_message_is_started_for_each),
        TEST(it_goes_on_where_it_was),
        TEST(its_end_is_awaited_and_what_it_then_says_is_stored),
        TEST(one_that_does_not_end_is_killed),
        TEST(a_fact_takes_the_place_of_that_of_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
