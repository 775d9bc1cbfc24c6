// SPDX-License-Identifier: GPL-3.0-or-later
/* digest - what it says of a store, when it is due, and that it is put once. */
#include "alert/digest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../config/parsed.h"
#include "../folder.h"
#include "alert/digests.h"
#include "base/memory.h"
#include "message/message.h"
#include "store/incidents.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
#define NOW  INT64_C(1795359600000) /* 2026-11-22 09:00 in Chicago */

struct fixture {
    char *folder;
    struct store *store, *asker;
    struct library *library;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    fixture->folder = folder_make();
    fixture->library = library_load_own();
    AUTO(str) char *path = text_format("%s/store.db", fixture->folder);
    assert_int_equal(store_open(path, &fixture->store, NULL), 0);
    assert_int_equal(store_open_asker(path, &fixture->asker, NULL), 0);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_rollback(fixture->store);
    store_close(fixture->store);
    store_close(fixture->asker);
    library_free(fixture->library);
    int rc = folder_remove(fixture->folder);
    free(fixture);
    return rc;
}

static void open_incident(struct fixture *fixture, const char *tag,
                          const char *severity, int64_t began, int64_t ended)
{
    const struct incident incident = {.host = "penguin2",
                                      .tag = tag,
                                      .severity = severity,
                                      .text = "it says\nthis",
                                      .began = began,
                                      .why = "{}"};
    int64_t number;
    assert_int_equal(store_open_incident(fixture->store, &incident, &number, NULL), 0);
    if (ended)
        assert_int_equal(store_close_incident(fixture->store, number, ended, NULL), 0);
}

static void put_message(struct fixture *fixture, const char *host, int64_t time,
                        const char *json)
{
    AUTO(message) struct message *message = NULL;
    const struct message_defaults defaults = {.now = time, .host = host};
    struct change change;
    int64_t number;
    bool flag;
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, NULL), 0);
    if (message->kind == MESSAGE_BEAT) {
        assert_int_equal(store_put_beat(fixture->store, message, time, &flag, NULL), 0);
        return;
    }
    assert_int_equal(store_put_message(fixture->store, message, time, &number, NULL),
                     0);
    assert_int_equal(store_put_state(fixture->store, message, &change, NULL), 0);
    assert_int_equal(store_expect(fixture->store, message, &flag, NULL), 0);
}

static void expect(struct fixture *fixture, const char *wanted, const char *subject)
{
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(strbuf) struct strbuf line = {0};
    struct error err = {0};
    assert_int_equal(store_commit(fixture->store, NULL), 0);
    if (digest_put(fixture->asker, fixture->library, NOW - DAY, NOW, &text, &line,
                   &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    assert_string_equal(text.data, wanted);
    assert_string_equal(line.data, subject);
}

static void says_that_nothing_is_wrong(void **state)
{
    expect(*state,
           "From 2026-11-21 09:00 CST to 2026-11-22 09:00 CST: nothing is wrong.\n"
           "0 hosts are known.\n",
           "digest: nothing is wrong");
}

static void says_what_is_new_still_wrong_over_and_worth_a_look(void **state)
{
    struct fixture *fixture = *state;
    open_incident(fixture, "new", "fail", NOW - HOUR, 0);
    open_incident(fixture, "old", "silent", NOW - 2 * DAY, 0);
    open_incident(fixture, "slow", "check", NOW - 2 * DAY, 0);
    open_incident(fixture, "mended", "fail", NOW - 2 * DAY, NOW - DAY + HOUR);
    open_incident(fixture, "long gone", "fail", NOW - 3 * DAY, NOW - 2 * DAY);
    expect(fixture,
           "From 2026-11-21 09:00 CST to 2026-11-22 09:00 CST: 1 new, 1 still wrong, "
           "1 over.\n"
           "0 hosts are known.\n"
           "\nnew:\n\n"
           "  fail penguin2 new, since 2026-11-22 08:00 CST: it says this\n"
           "\nstill wrong:\n\n"
           "  silent penguin2 old, since 2026-11-20 09:00 CST: it says this\n"
           "\nover:\n\n"
           "  fail penguin2 mended, for 1 d 1 h until 2026-11-21 10:00 CST: it says "
           "this\n"
           "\nworth a look:\n\n"
           "  check penguin2 slow, since 2026-11-20 09:00 CST: it says this\n",
           "digest: 1 new, 1 still wrong, 1 over");
}

static void says_who_is_quiet_and_what_is_late(void **state)
{
    struct fixture *fixture = *state;
    const struct silence silence = {.host = "penguin*",
                                    .tag = "*",
                                    .began = NOW - HOUR,
                                    .until = NOW + HOUR,
                                    .zone = "UTC",
                                    .reason = "moving disks",
                                    .who = "ann",
                                    .made = NOW - HOUR};
    int64_t number;
    assert_int_equal(store_put_silence(fixture->store, &silence, &number, NULL), 0);
    put_message(fixture, "beats", NOW - HOUR,
                "{\"kind\":\"beat\",\"tag\":\"daemon\",\"every\":\"1m\"}");
    put_message(fixture, "cron", NOW - 30 * HOUR,
                "{\"kind\":\"outcome\",\"tag\":\"backup\",\"status\":0,"
                "\"elapsed\":1,\"every\":\"1d\",\"grace\":\"2h\"}");
    expect(fixture,
           "From 2026-11-21 09:00 CST to 2026-11-22 09:00 CST: nothing is wrong.\n"
           "2 hosts are known.\n"
           "\nexpected, and not come yet:\n\n"
           "  cron backup, due 2026-11-22 03:00 CST\n"
           "\nsilences:\n\n"
           "  1 host:penguin* tag:*, until 2026-11-22 10:00 CST, by ann: moving disks\n"
           "\nnot heard:\n\n"
           "  beats, since 2026-11-22 08:00 CST\n"
           "\nsent nothing:\n\n"
           "  cron, since 2026-11-21 03:00 CST\n",
           "digest: nothing is wrong");
}

static void a_long_list_ends_in_how_many_more_there_are(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 53; i++) {
        AUTO(str) char *tag = text_format("t%d", i);
        open_incident(fixture, tag, "fail", NOW - HOUR, 0);
    }
    AUTO(strbuf) struct strbuf text = {0};
    assert_int_equal(store_commit(fixture->store, NULL), 0);
    assert_int_equal(
        digest_put(fixture->asker, fixture->library, NOW - DAY, NOW, &text, NULL, NULL),
        0);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    assert_non_null(strstr(text.data, ": 53 new.\n"));
    assert_non_null(strstr(text.data, "\n  and 3 more\n"));
}

/* ---- when, and to whom ---- */

static void
is_due_at_the_earliest_of_its_times_in_the_zone_of_the_herd(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed("(zone \"America/Chicago\")"
                                   "(digest (at \"07:00\" \"Sun 12:00\"))");
    AUTO(config) struct config *never = parsed("");
    assert_int_equal(digests_next(config, NOW), NOW + 3 * HOUR); /* a Sunday */
    assert_int_equal(digests_next(config, NOW + 3 * HOUR), NOW + 22 * HOUR);
    assert_int_equal(digests_next(never, NOW), INT64_MAX);
}

static int collect(const struct telling *telling, void *context)
{
    strbuf_printf(context, "%s %s %s %s\n", telling_kind_name(telling->kind),
                  telling->notifier, telling->address, telling->body);
    return 0;
}

static void is_put_once_to_each_address(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config)
    struct config *config =
        parsed("(mailto \"me@example.org\") (notifier chat (log \"x\"))"
               "(notifier two (email \"a@b\" \"c@d\"))"
               "(digest (at \"07:00\") (to \"mailto\" \"two\" \"chat\"))");
    const struct digest_text digest = {
        .since = NOW - DAY, .until = NOW, .text = "all", .subject = "sum"};
    AUTO(strbuf) struct strbuf found = {0};
    const struct telling_filter filter = {0};
    int64_t last;
    assert_int_equal(digests_last(fixture->store, NOW - DAY, &last, NULL), 0);
    assert_int_equal(last, NOW - DAY);
    assert_int_equal(digests_put(fixture->store, config, &digest, NULL), 0);
    assert_int_equal(digests_put(fixture->store, config, &digest, NULL), -EEXIST);
    assert_int_equal(digests_last(fixture->store, NOW + HOUR, &last, NULL), 0);
    assert_int_equal(last, NOW);
    assert_int_equal(store_each_telling(fixture->store, &filter, collect, &found, NULL),
                     0);
#define BODY                                                                           \
    "{\"from\":1795273200000,\"to\":1795359600000,\"text\":\"all\",\"subject\":"       \
    "\"sum\"}\n"
    assert_string_equal(found.data,
                        "digest chat  " BODY "digest two c@d " BODY
                        "digest two a@b " BODY "digest mailto me@example.org " BODY);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    setenv("TZ", "CST6CDT,M3.2.0,M11.1.0", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        WITH_STORE(says_that_nothing_is_wrong),
        WITH_STORE(says_what_is_new_still_wrong_over_and_worth_a_look),
        WITH_STORE(says_who_is_quiet_and_what_is_late),
        WITH_STORE(a_long_list_ends_in_how_many_more_there_are),
        cmocka_unit_test(is_due_at_the_earliest_of_its_times_in_the_zone_of_the_herd),
        WITH_STORE(is_put_once_to_each_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
