// SPDX-License-Identifier: GPL-3.0-or-later
/* notice - tellings of a real store, with their messages and what is new in those. */
#include "notify/notice.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "../folder.h"
#include "sample.h"

#define HOUR SAMPLE_HOUR

struct fixture {
    char *folder;
    struct store *store;
    int64_t counter; /* of messages of facts */
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    fixture->folder = folder_make();
    AUTO(str) char *path = text_format("%s/store.db", fixture->folder);
    assert_int_equal(store_open(path, &fixture->store, NULL), 0);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    store_rollback(fixture->store);
    store_close(fixture->store);
    int rc = folder_remove(fixture->folder);
    free(fixture);
    return rc;
}

/* Stores a message; its id, lent until the next. */
static const char *put_message(struct fixture *fixture, int64_t time, const char *json)
{
    static char id[UUID_SIZE];
    AUTO(message) struct message *message = NULL;
    const struct message_defaults defaults = {.now = time, .host = "penguin2"};
    struct change change;
    int64_t number;
    bool lacks;
    assert_int_equal(message_parse(json, strlen(json), &defaults, &message, NULL), 0);
    assert_int_equal(store_put_message(fixture->store, message, time, &number, NULL),
                     0);
    if (message->kind == MESSAGE_FACTS)
        assert_int_equal(
            store_put_facts(fixture->store, number, message, time, &lacks, NULL), 0);
    else
        assert_int_equal(store_put_state(fixture->store, message, &change, NULL), 0);
    memcpy(id, message->id, sizeof id);
    return id;
}

/* rows: {"add":…} without its braces. */
static void put_packages(struct fixture *fixture, int64_t time, const char *rows)
{
    long long counter = ++fixture->counter;
    AUTO(str)
    char *json = text_format(
        "{\"kind\":\"facts\",\"tag\":\"facts\",\"relation\":\"package\",\"columns\":"
        "[[\"name\",\"text\"],[\"version\",\"version\"]],\"epoch\":1,\"counter\":%lld,"
        "\"after\":%lld,\"is\":\"%s\",%s}",
        counter, counter - 1, counter == 1 ? "whole" : "change", rows);
    put_message(fixture, time, json);
}

static void put_beat(struct fixture *fixture, int64_t time, int64_t up)
{
    AUTO(message) struct message *beat = message_new();
    bool lacks;
    beat->kind = MESSAGE_BEAT;
    beat->host = text_copy("penguin2");
    beat->tag = text_copy("daemon");
    beat->time = time;
    message_add_reading(beat, "uptime.up", (double)up / 1000, "s");
    assert_int_equal(store_put_beat(fixture->store, beat, time, &lacks, NULL), 0);
}

static void put_telling(struct fixture *fixture, enum telling_kind kind,
                        const char *body)
{
    const struct telling telling = {.kind = kind,
                                    .host = "penguin2",
                                    .tag = "etc",
                                    .notifier = "chat",
                                    .address = "",
                                    .body = body,
                                    .made = SAMPLE_TIME};
    assert_int_equal(store_put_telling(fixture->store, &telling, NULL), 0);
}

/* A new one that the message says. */
static void put_new(struct fixture *fixture, const char *id)
{
    AUTO(str)
    char *body = text_format("{\"severity\":\"fail\",\"before\":null,\"text\":\"no\","
                             "\"since\":%lld,\"until\":null,\"message\":\"%s\","
                             "\"why\":[\"a\",\"b\"],\"explains\":[[\"h\",\"t\"]]}",
                             (long long)SAMPLE_TIME, id);
    put_telling(fixture, TELLING_NEW, body);
}

static struct notice found(struct fixture *fixture)
{
    struct notice notice = {0};
    struct error err = {0};
    if (notice_find(fixture->store, "chat", SAMPLE_TIME, &notice, &err) != 1)
        fail_msg("%s", err.text);
    return notice;
}

static void nothing_is_due_of_another(void **state)
{
    struct fixture *fixture = *state;
    struct notice notice = {0};
    put_telling(fixture, TELLING_NEW, "{}");
    assert_int_equal(notice_find(fixture->store, "log", SAMPLE_TIME, &notice, NULL), 0);
}

static void reads_an_incident_and_its_message(void **state)
{
    struct fixture *fixture = *state;
    put_new(fixture,
            put_message(fixture, SAMPLE_TIME,
                        "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":2}"));
    AUTO(notice) struct notice notice = found(fixture);
    assert_string_equal(notice.severity, "fail");
    assert_null(notice.before);
    assert_int_equal(notice.since, SAMPLE_TIME);
    assert_int_equal(notice.until, 0);
    assert_int_equal(notice.why_count, 2);
    assert_string_equal(notice.why[1], "b");
    assert_string_equal(notice.explains[0].tag, "t");
    assert_int_equal(notice.message->status, 2);
    assert_true(notice_is_said(&notice));
    assert_null(notice.news.good);
}

static void a_message_that_is_gone_is_none(void **state)
{
    struct fixture *fixture = *state;
    put_new(fixture, SAMPLE_ID);
    AUTO(notice) struct notice notice = found(fixture);
    assert_null(notice.message);
    assert_false(notice_is_said(&notice));
}

/* As another version may have written it. */
static void a_body_that_is_not_understood_is_still_told(void **state)
{
    struct fixture *fixture = *state;
    put_telling(fixture, TELLING_SUM, "{\"items\":[{},7],\"why\":7,\"explains\":[7]}");
    AUTO(notice) struct notice notice = found(fixture);
    assert_string_equal(notice.severity, "");
    assert_int_equal(notice.item_count, 2);
    assert_int_equal(notice.explains_count, 0);
}

static void a_sum_has_the_worst_first(void **state)
{
    struct fixture *fixture = *state;
    put_telling(fixture, TELLING_SUM,
                "{\"items\":[{\"what\":\"over\",\"host\":\"a\",\"severity\":\"fail\"},"
                "{\"what\":\"new\",\"host\":\"a\",\"severity\":\"warning\"},"
                "{\"what\":\"new\",\"host\":\"b\",\"severity\":\"silent\"},"
                "{\"what\":\"new\",\"host\":\"b\",\"severity\":\"fail\"},"
                "{\"what\":\"new\",\"host\":\"a\",\"severity\":\"fail\"}]}");
    AUTO(notice) struct notice notice = found(fixture);
    static const char *const wanted[] = {"fail", "fail", "silent", "warning", "fail"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(notice.items[i].severity, wanted[i]);
    assert_string_equal(notice.items[0].host, "a");
    assert_string_equal(notice.items[4].what, "over");
}

static void says_what_is_new_since_the_last_good_run(void **state)
{
    struct fixture *fixture = *state;
    put_packages(fixture, SAMPLE_TIME - 99 * HOUR,
                 "\"add\":[[\"borg\",\"1.2.3\"],[\"vim\",\"9\"],[\"ed\",\"1\"]]");
    put_message(fixture, SAMPLE_TIME - 30 * HOUR,
                "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":0,\"elapsed\":1}");
    put_message(fixture, SAMPLE_TIME - 24 * HOUR,
                "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":0,\"elapsed\":11.9,"
                "\"stdout\":\"at 09:48\\nfine\\n\"}");
    put_message(fixture, SAMPLE_TIME - 20 * HOUR,
                "{\"kind\":\"note\",\"tag\":\"etc\",\"err\":\"SUCCESS\"}");
    put_packages(fixture, SAMPLE_TIME - 10 * HOUR,
                 "\"add\":[[\"borg\",\"1.2.4\"],[\"joe\",\"4\"]],"
                 "\"remove\":[[\"borg\",\"1.2.3\"],[\"vim\",\"9\"]]");
    put_beat(fixture, SAMPLE_TIME - HOUR, HOUR);
    put_new(fixture,
            put_message(fixture, SAMPLE_TIME,
                        "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":2,"
                        "\"stdout\":\"at 10:22\\n\",\"stderr\":\"it is gone\\n\"}"));
    AUTO(notice) struct notice notice = found(fixture);
    const struct news *news = &notice.news;
    assert_int_equal(news->good->time, SAMPLE_TIME - 24 * HOUR);
    assert_int_equal(news->lines.count, 1);
    assert_string_equal(news->lines.items[0], "it is gone");
    assert_int_equal(news->packages.count, 3);
    assert_string_equal(news->packages.items[0], "borg 1.2.4, was 1.2.3");
    assert_string_equal(news->packages.items[1], "joe 4 is new");
    assert_string_equal(news->packages.items[2], "vim 9 is gone");
    assert_int_equal(news->booted, SAMPLE_TIME - 2 * HOUR);
}

/* A daemon that came to a machine later says all at once. */
static void packages_that_were_not_known_are_not_new(void **state)
{
    struct fixture *fixture = *state;
    put_message(fixture, SAMPLE_TIME - 24 * HOUR,
                "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":0}");
    put_packages(fixture, SAMPLE_TIME - HOUR, "\"add\":[[\"borg\",\"1.2.3\"]]");
    put_beat(fixture, SAMPLE_TIME, 48 * HOUR);
    put_new(fixture, put_message(fixture, SAMPLE_TIME,
                                 "{\"kind\":\"outcome\",\"tag\":\"etc\",\"status\":2,"
                                 "\"stderr\":\"it is gone\\n\"}"));
    AUTO(notice) struct notice notice = found(fixture);
    assert_non_null(notice.news.good);
    assert_int_equal(notice.news.packages.count, 0);
    assert_int_equal(notice.news.booted, 0);
    assert_int_equal(notice.news.lines.count, 0); /* the good run's are not known */
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(nothing_is_due_of_another),
        WITH_STORE(reads_an_incident_and_its_message),
        WITH_STORE(a_message_that_is_gone_is_none),
        WITH_STORE(a_body_that_is_not_understood_is_still_told),
        WITH_STORE(a_sum_has_the_worst_first),
        WITH_STORE(says_what_is_new_since_the_last_good_run),
        WITH_STORE(packages_that_were_not_known_are_not_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
