// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include "handler/tell.h"

static struct config *read_config(const char *text)
{
    struct config *config = NULL;
    struct error err = {0};
    if (config_parse("test", text, strlen(text), &config, &err) < 0)
        fail_msg("%s", err.text);
    return config;
}

/* Message n of tag t, which asks for mail to mailto unless that is NULL. It is handled
 * delay ms after its time. */
static void bark_late(struct fixture *fixture, const struct config *config, unsigned n,
                      const char *err, const char *mailto, int64_t delay)
{
    AUTO(message) struct message *message = message_make(n, "t", NOON + n, err);
    message->mailto = text_copy(mailto);
    struct handling handling = {.store = fixture->store,
                                .config = config,
                                .came = NOON + n + delay,
                                .now = NOON + n + delay};
    fixture_begin(fixture);
    assert_done(fixture, handler_run(&handling, message, &fixture->err));
    fixture_commit(fixture);
}

static void bark(struct fixture *fixture, const struct config *config, unsigned n,
                 const char *err, const char *mailto)
{
    bark_late(fixture, config, n, err, mailto, 0);
}

static void take_told(struct fixture *fixture, const char *notifier,
                      struct strbuf *text)
{
    AUTO(notification_list) struct notification_list list = {0};
    assert_done(fixture, store_due_notifications(fixture->store, notifier, INT64_MAX,
                                                 99, &list, &fixture->err));
    for (size_t i = 0; i < list.count; i++) {
        const struct notification *item = &list.items[i];
        strbuf_printf(text, "%s%s%s%s %s>%s %lld", text->size ? ", " : "",
                      item->notifier, *item->address ? ":" : "", item->address,
                      state_name(item->before), state_name(item->now),
                      (long long)(item->since - NOON));
        assert_done(fixture,
                    store_mark_told(fixture->store, item->number, 1, &fixture->err));
    }
}

/* Takes what is to be told: "log ok>fail 0, email:a@x ok>fail 0"; since after NOON. */
static void assert_told(struct fixture *fixture, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    fixture_begin(fixture);
    take_told(fixture, "log", &text);
    take_told(fixture, "email", &text);
    fixture_commit(fixture);
    assert_string_equal(strbuf_text(&text), expected);
}

static void tells_changes_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = config_new();
    bark(fixture, config, 1, "SUCCESS", NULL);
    bark(fixture, config, 2, "SUCCESS", NULL);
    assert_told(fixture, "");
    bark(fixture, config, 3, "WARNING", NULL);
    assert_told(fixture, "log ok>warning 3");
    bark(fixture, config, 4, "WARNING", NULL);
    assert_told(fixture, "");
    bark(fixture, config, 5, "FAIL", NULL);
    assert_told(fixture, "log warning>fail 3");
    bark(fixture, config, 6, "WARNING", NULL);
    assert_told(fixture, "log fail>warning 3");
    bark(fixture, config, 7, "SUCCESS", NULL);
    assert_told(fixture, "log warning>ok 3");
}

static void tells_what_is_wrong_at_first(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = config_new();
    bark(fixture, config, 1, "FAIL", NULL);
    assert_told(fixture, "log none>fail 1");
}

static void does_not_tell_what_comes_late(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = config_new();
    bark(fixture, config, 5, "SUCCESS", NULL);
    bark(fixture, config, 4, "FAIL", NULL);
    assert_told(fixture, "");
}

#define MINUTE ((int64_t)60 * 1000)

/* That time has come. */
static void end_hold(struct fixture *fixture, int64_t now)
{
    fixture_begin(fixture);
    assert_done(fixture, store_end_hold(fixture->store, "log", now, &fixture->err));
    assert_done(fixture, store_end_hold(fixture->store, "email", now, &fixture->err));
    fixture_commit(fixture);
}

static void a_message_is_late_from_a_minute_on(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = config_new();
    bark_late(fixture, config, 1, "FAIL", NULL, MINUTE);
    assert_told(fixture, "log none>fail 1");
    bark_late(fixture, config, 2, "SUCCESS", NULL, MINUTE + 1);
    assert_told(fixture, "");
    end_hold(fixture, NOON + 2 * MINUTE);
    assert_told(fixture, "log fail>ok 1");
}

static void a_backlog_is_told_by_how_it_ends(void **state)
{
    static const char *const errs[] = {"FAIL", "SUCCESS", "FAIL", "SUCCESS", "FAIL"};
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = read_config("(mailto \"me@example.org\")");
    for (unsigned n = 1; n <= 4; n++)
        bark_late(fixture, config, n, errs[n - 1], NULL, 2 * MINUTE);
    end_hold(fixture, NOON + 3 * MINUTE);
    assert_told(fixture, "");
    for (unsigned n = 6; n <= 10; n++)
        bark_late(fixture, config, n, errs[n - 6], NULL, 2 * MINUTE);
    assert_told(fixture, "");
    end_hold(fixture, NOON + 3 * MINUTE);
    assert_told(fixture, "log ok>fail 10, email:me@example.org ok>fail 10");
}

static void every_late_message_of_the_host_prolongs_the_hold(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = read_config("(settle \"40s\")");
    bark_late(fixture, config, 1, "FAIL", NULL, 2 * MINUTE);
    bark_late(fixture, config, 2, "FAIL", NULL, 2 * MINUTE + 30000);
    end_hold(fixture, NOON + 2 * MINUTE + 40001);
    assert_told(fixture, "");
    end_hold(fixture, NOON + 2 * MINUTE + 70002);
    assert_told(fixture, "log none>fail 1");
}

static void without_settling_a_backlog_is_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = read_config("(settle \"0s\")");
    bark_late(fixture, config, 1, "FAIL", NULL, 2 * MINUTE);
    assert_told(fixture, "log none>fail 1");
}

static void mails_the_shepherd(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = read_config("(mailto \"me@example.org\")");
    bark(fixture, config, 1, "FAIL", NULL);
    assert_told(fixture, "log none>fail 1, email:me@example.org none>fail 1");
}

static void mails_whom_the_message_names_where_that_is_allowed(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config)
    struct config *config =
        read_config("(mailto \"me@example.org\")"
                    "(allow-mailto \"*@Example.org\" \"b?b@x.net\")");
    bark(fixture, config, 1, "FAIL", "you@EXAMPLE.org");
    assert_told(fixture, "log none>fail 1, email:me@example.org none>fail 1, "
                         "email:you@EXAMPLE.org none>fail 1");
    bark(fixture, config, 2, "SUCCESS", "bob@x.net");
    assert_told(fixture, "log fail>ok 1, email:me@example.org fail>ok 1, "
                         "email:bob@x.net fail>ok 1");
    bark(fixture, config, 3, "FAIL", "eve@evil.example");
    assert_told(fixture, "log ok>fail 3, email:me@example.org ok>fail 3");
}

/* A note with a subject, as a receiver writes it. */
static void mail(struct fixture *fixture, const struct config *config, unsigned n,
                 const char *mailto)
{
    AUTO(message) struct message *message = message_make(n, "t", NOON + n, "null");
    message->subject = text_copy("2 of 3 sites answer");
    message->mailto = text_copy(mailto);
    struct handling handling = {
        .store = fixture->store, .config = config, .came = NOON + n, .now = NOON + n};
    fixture_begin(fixture);
    assert_done(fixture, handler_run(&handling, message, &fixture->err));
    fixture_commit(fixture);
}

static void a_note_with_a_subject_is_mailed_each_time(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config)
    struct config *config =
        read_config("(mailto \"a@x\") (allow-mailto \"*@example.org\")");
    mail(fixture, config, 1, NULL);
    mail(fixture, config, 2, NULL);
    assert_told(fixture, "log none>none 1, email:a@x none>none 1");
    assert_told(fixture, "log none>none 2, email:a@x none>none 2");
    mail(fixture, config, 3, "b@example.org");
    assert_told(fixture, "log none>none 3, email:b@example.org none>none 3");
    mail(fixture, config, 4, "b@evil.test");
    assert_told(fixture, "log none>none 4, email:a@x none>none 4");
}

static void mails_nobody_twice(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config)
    struct config *config =
        read_config("(mailto \"me@example.org\") (allow-mailto \"*\")");
    bark(fixture, config, 1, "FAIL", "ME@example.ORG");
    assert_told(fixture, "log none>fail 1, email:me@example.org none>fail 1");
}

static void assert_allowed(const char *pattern, const char *address, bool expected)
{
    struct texts patterns = {.items = (char *[]){(char *)pattern}, .count = 1};
    if (tell_is_allowed(&patterns, address) != expected)
        fail_msg("\"%s\" against \"%s\": expected %d", address, pattern, expected);
}

static void a_pattern_matches_the_whole_address(void **state UNUSED)
{
    assert_allowed("*@example.org", "a@example.org", true);
    assert_allowed("*@example.org", "A@EXAMPLE.ORG", true);
    assert_allowed("*@example.org", "a@example.org.evil.com", false);
    assert_allowed("*@example.org", "a@sub.example.org", false);
    assert_allowed("*@example.org", "a@exampleXorg", false);
    assert_allowed("*@*.example.org", "a@sub.example.org", true);
    assert_allowed("a@example.org", "b@example.org", false);
    assert_allowed("a@example.org", "aa@example.org", false);
    assert_allowed("", "a@example.org", false);
    struct texts none = {0};
    assert_false(tell_is_allowed(&none, "a@example.org"));
}

static void what_is_no_plain_address_is_never_allowed(void **state UNUSED)
{
    static const char *const bad[] = {
        "",
        "@",
        "a@",
        "@example.org",
        "a",
        "a@b@example.org",
        "evil@x,a@example.org",
        "evil@x a@example.org",
        "a@x;b@y",
        "<a@example.org>",
        "\"a b\"@example.org",
        "a(comment)@example.org",
        "a@[127.0.0.1]",
        "a\r\nBcc: evil@x",
        "a@example.org\r\nBcc: evil@x",
        "a@example.org\n",
        "a\t@example.org",
        "a\x7F@example.org",
        "a\\@example.org",
        "b\xC3\xB6se@example.org",
        "group:a@example.org",
        NULL,
    };
    for (int i = 0; bad[i]; i++) {
        assert_allowed("*", bad[i], false);
        assert_allowed("*@example.org", bad[i], false);
    }
    assert_allowed("*", "first.last+tag=x_y-z%1!@example.org", true);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tells_changes_and_nothing_else),
        TEST(tells_what_is_wrong_at_first),
        TEST(does_not_tell_what_comes_late),
        TEST(a_message_is_late_from_a_minute_on),
        TEST(a_backlog_is_told_by_how_it_ends),
        TEST(every_late_message_of_the_host_prolongs_the_hold),
        TEST(without_settling_a_backlog_is_told_at_once),
        TEST(mails_the_shepherd),
        TEST(mails_whom_the_message_names_where_that_is_allowed),
        TEST(a_note_with_a_subject_is_mailed_each_time),
        TEST(mails_nobody_twice),
        cmocka_unit_test(a_pattern_matches_the_whole_address),
        cmocka_unit_test(what_is_no_plain_address_is_never_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
