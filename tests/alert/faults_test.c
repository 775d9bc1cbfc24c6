// SPDX-License-Identifier: GPL-3.0-or-later
/* faults - what is told while the disk is full, and when the clock was set back. */
#include "../folder.h"
#include "../store/fixture.h"

#include <signal.h>
#include <sys/resource.h>

#include "alert/trial.h"
#include "base/files.h"

#define MINUTE INT64_C(60000)
#define HOSTS  40

static const char rules[] =
    "alert(h, t, s, \"it is wrong\") :- state(h, t, s, _), s != \"ok\".\n"
    "alert(h, t, \"late\", \"for an hour\") :- state(h, t, \"fail\", since), "
    "since <= ago(1h).\n"
    "route(h, t, \"log\") :- alert(h, t, _, _).\n"
    "remind(h, t, 1d) :- alert(h, t, \"fail\", _).\n";

struct bench {
    char *folder, *path;
    struct trial *trial;
    struct config *config;
    struct error err;
    int64_t now;
    unsigned number;
    int64_t seen, last; /* tellings: until the last look, and now */
    char *told;
    struct rlimit room; /* before it was made less */
};

#define assert_fine(bench, call)                                                       \
    do {                                                                               \
        if ((call) < 0)                                                                \
            fail_msg("%s: %s", #call, (bench)->err.text);                              \
    } while (0)

static void start(struct bench *bench)
{
    AUTO(texts) struct texts folders = {0};
    texts_add(&folders, bench->folder);
    AUTO(library) struct library *library = library_load_only(&folders);
    const struct trial_parts parts = {
        .store = bench->path, .config = bench->config, .library = library};
    assert_fine(bench, trial_open(&parts, &bench->trial, &bench->err));
    assert_fine(bench, trial_wait(bench->trial, bench->now, &bench->err));
}

static void restart(struct bench *bench)
{
    trial_close(bench->trial);
    start(bench);
}

static int set_up(void **state)
{
    struct bench *bench = memory_new(sizeof *bench);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &bench->room);
    bench->folder = folder_make();
    bench->path = text_format("%s/store.db", bench->folder);
    bench->config = config_new();
    bench->now = NOON;
    assert_fine(
        bench, files_put(bench->folder, "rules.dl", rules, strlen(rules), &bench->err));
    start(bench);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    setrlimit(RLIMIT_FSIZE, &bench->room);
    trial_close(bench->trial);
    config_free(bench->config);
    free(bench->told);
    free(bench->path);
    int rc = folder_remove(bench->folder);
    free(bench);
    return rc;
}

/* What trial_take gives; the same message each time for the same number. */
static int say(struct bench *bench, unsigned number, const char *host, const char *err)
{
    char id[UUID_SIZE], when[CLOCK_TEXT_SIZE];
    clock_format_utc(bench->now, when);
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"time\":\"%s\",\"kind\":\"note\","
                             "\"host\":\"%s\",\"tag\":\"x\",\"err\":\"%s\"}",
                             id_of(number, id), when, host, err);
    AUTO(message) struct message *message = message_read(json);
    return trial_take(bench->trial, &message, 1, &bench->err);
}

static void wait(struct bench *bench, int64_t time)
{
    bench->now += time;
    assert_fine(bench, trial_wait(bench->trial, bench->now, &bench->err));
}

static int put_before(const struct telling *telling, void *context)
{
    struct bench *bench = context;
    char *text = text_format("%s %s %s\n%s", telling_kind_name(telling->kind),
                             telling->host, telling->tag, bench->told);
    free(bench->told);
    bench->told = text;
    bench->last = telling->number > bench->last ? telling->number : bench->last;
    return 0;
}

static int skip_seen(const struct telling *telling, void *context)
{
    const struct bench *bench = context;
    return telling->number > bench->seen ? put_before(telling, context) : 0;
}

/* What was put into the outbox since the last look, the oldest first. */
static const char *told(struct bench *bench)
{
    const struct telling_filter filter = {.limit = 10 * HOSTS};
    free(bench->told);
    bench->told = text_copy("");
    assert_fine(bench, store_each_telling(trial_store(bench->trial), &filter, skip_seen,
                                          bench, &bench->err));
    bench->seen = bench->last;
    return bench->told;
}

/* No file grows over what the store's log takes now, and so much more. */
static void leave_room(struct bench *bench, rlim_t bytes)
{
    struct rlimit room = bench->room;
    struct stat status;
    AUTO(str) char *log = text_format("%s-wal", bench->path);
    assert_int_equal(stat(log, &status), 0);
    room.rlim_cur = (rlim_t)status.st_size + bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &room), 0);
}

static void free_room(struct bench *bench)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &bench->room), 0);
}

/* ---- a full disk ---- */

/* Says it of all hosts; those that did not fit are said again when there is room. */
static int say_all(struct bench *bench, const char *err)
{
    int refused = 0;
    for (unsigned i = 0; i < HOSTS; i++) {
        AUTO(str) char *host = text_format("host%02u", i);
        refused += say(bench, bench->number + i + 1, host, err) < 0;
    }
    return refused;
}

static void assert_all_told(struct bench *bench, const char *what)
{
    AUTO(strbuf) struct strbuf wanted = {0};
    for (unsigned i = 0; i < HOSTS; i++)
        strbuf_printf(&wanted, "%s host%02u x\n", what, i);
    assert_string_equal(told(bench), strbuf_text(&wanted));
}

static void what_a_full_disk_refused_is_told_once_there_is_room(void **state)
{
    struct bench *bench = *state;
    leave_room(bench, 400000);
    assert_in_range(say_all(bench, "FAIL"), 1, HOSTS - 1);
    free_room(bench);
    assert_int_equal(say_all(bench, "FAIL"), 0);
    assert_all_told(bench, "new");
    bench->number += HOSTS;
    leave_room(bench, 400000);
    assert_in_range(say_all(bench, "SUCCESS"), 1, HOSTS - 1);
    free_room(bench);
    assert_int_equal(say_all(bench, "SUCCESS"), 0);
    assert_all_told(bench, "over");
}

/* Each amount of room ends at another of the steps from a message to what is told. */
static void wherever_the_disk_is_full_nothing_is_told_twice(void **state)
{
    struct bench *bench = *state;
    int refused = 0, tried = 0;
    for (rlim_t bytes = 0; bytes < 400000; bytes += 8192) {
        leave_room(bench, bytes);
        bool is_refused = say(bench, ++bench->number, "ram", "FAIL") < 0;
        free_room(bench);
        refused += is_refused;
        tried++;
        if (is_refused)
            restart(bench);
        assert_fine(bench, say(bench, bench->number, "ram", "FAIL"));
        assert_string_equal(told(bench), "new ram x\n");
        assert_fine(bench, say(bench, ++bench->number, "ram", "SUCCESS"));
        assert_string_equal(told(bench), "over ram x\n");
    }
    assert_in_range(refused, 5, tried - 1);
}

/* ---- the clock ---- */

static void a_clock_set_back_tells_nothing_twice(void **state)
{
    struct bench *bench = *state;
    assert_fine(bench, say(bench, 1, "ram", "FAIL"));
    assert_string_equal(told(bench), "new ram x\n");
    bench->now -= 60 * MINUTE;
    restart(bench);
    wait(bench, MINUTE);
    assert_string_equal(told(bench), "");
    wait(bench, 60 * MINUTE);
    assert_fine(bench, say(bench, 2, "ram", "SUCCESS"));
    assert_string_equal(told(bench), "over ram x\n");
}

static void what_time_has_made_wrong_goes_with_the_clock_and_comes_again(void **state)
{
    struct bench *bench = *state;
    assert_fine(bench, say(bench, 1, "ram", "FAIL"));
    wait(bench, 61 * MINUTE);
    assert_string_equal(told(bench), "new ram x\nnew ram x\n");
    bench->now -= 60 * MINUTE;
    restart(bench);
    assert_string_equal(told(bench), "over ram x\n");
    wait(bench, 60 * MINUTE);
    assert_string_equal(told(bench), "new ram x\n");
}

static void a_reminder_waits_where_the_clock_was_set_back(void **state)
{
    struct bench *bench = *state;
    assert_fine(bench, say(bench, 1, "ram", "FAIL"));
    wait(bench, 2 * MINUTE);
    told(bench);
    bench->now -= MINUTE;
    restart(bench);
    wait(bench, 23 * 60 * MINUTE);
    told(bench);
    wait(bench, 61 * MINUTE);
    assert_string_equal(told(bench), "still ram x\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_a_full_disk_refused_is_told_once_there_is_room),
        TEST(wherever_the_disk_is_full_nothing_is_told_twice),
        TEST(a_clock_set_back_tells_nothing_twice),
        TEST(what_time_has_made_wrong_goes_with_the_clock_and_comes_again),
        TEST(a_reminder_waits_where_the_clock_was_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
