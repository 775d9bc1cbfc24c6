// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include "../config/parsed.h"
#include "handler/tell.h"
#include "store/incidents.h"

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

static int note(const struct telling *telling, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%s%s%s %s %s", text->size ? ", " : "", telling->notifier,
                  *telling->address ? ":" : "", telling->address,
                  telling_kind_name(telling->kind), telling->body);
    return 0;
}

/* What was put into the outbox last, the newest first. */
static void assert_told(struct fixture *fixture, int limit, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    struct telling_filter filter = {.limit = limit};
    assert_done(fixture, store_each_telling(fixture->store, &filter, note, &text,
                                            &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

/* Until when the host settles, in ms since NOON; "": it does not. */
static void assert_settles(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *sql = text_format(
        "SELECT ifnull(group_concat(until - %lld), '') FROM backlog", (long long)NOON);
    AUTO(str) char *found = fixture_ask(fixture, sql);
    assert_string_equal(found, expected);
}

static void a_state_is_stored_and_told_by_nobody_here(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = parsed("(mailto \"me@example.org\")");
    bark(fixture, config, 1, "FAIL", NULL);
    bark(fixture, config, 2, "SUCCESS", NULL);
    assert_told(fixture, 9, "");
    AUTO(str) char *stands = fixture_ask(fixture, "SELECT state FROM tag");
    assert_string_equal(stands, "1");
}

/* ---- a backlog ---- */

#define MINUTE ((int64_t)60 * 1000)

static void a_message_is_late_from_a_minute_on(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = parsed("(settle \"40s\")");
    bark_late(fixture, config, 0, "FAIL", NULL, MINUTE);
    assert_settles(fixture, "");
    bark_late(fixture, config, 1, "SUCCESS", NULL, MINUTE + 1);
    assert_settles(fixture, "100002");
}

static void every_late_message_prolongs_the_hold(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = parsed("(settle \"40s\")");
    bark_late(fixture, config, 0, "FAIL", NULL, 2 * MINUTE);
    bark_late(fixture, config, 1, "FAIL", NULL, 2 * MINUTE + 29999);
    assert_settles(fixture, "190000");
}

static void a_hold_has_an_end(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = parsed("(settle \"5m\")");
    for (unsigned n = 0; n < 3; n++)
        bark_late(fixture, config, n, "FAIL", NULL, (2 + 4 * n) * MINUTE - n);
    assert_settles(fixture, "720000"); /* ten minutes after the first */
    bark_late(fixture, config, 3, "FAIL", NULL, 12 * MINUTE - 3);
    assert_settles(fixture, "1020000");
}

static void without_settling_no_message_is_late(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config) struct config *config = parsed("(settle \"0s\")");
    bark_late(fixture, config, 1, "FAIL", NULL, 2 * MINUTE);
    assert_settles(fixture, "");
}

/* ---- notes that are mailed ---- */

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

#define BODY(n) " note {\"message\":\"0000000" n "-0000-7000-8000-00000000000" n "\"}"

static void a_note_with_a_subject_is_mailed_each_time(void **state)
{
    struct fixture *fixture = *state;
    AUTO(config)
    struct config *config = parsed("(mailto \"a@x\") (allow-mailto \"*@example.org\")");
    mail(fixture, config, 1, NULL);
    assert_told(fixture, 9, "mailto:a@x" BODY("1") ", log" BODY("1"));
    mail(fixture, config, 2, NULL);
    assert_told(fixture, 2, "mailto:a@x" BODY("2") ", log" BODY("2"));
    mail(fixture, config, 3, "b@example.org");
    assert_told(fixture, 2, "mailto:b@example.org" BODY("3") ", log" BODY("3"));
    mail(fixture, config, 4, "b@evil.test");
    assert_told(fixture, 2, "mailto:a@x" BODY("4") ", log" BODY("4"));
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
        TEST(a_state_is_stored_and_told_by_nobody_here),
        TEST(a_message_is_late_from_a_minute_on),
        TEST(every_late_message_prolongs_the_hold),
        TEST(a_hold_has_an_end),
        TEST(without_settling_no_message_is_late),
        TEST(a_note_with_a_subject_is_mailed_each_time),
        cmocka_unit_test(a_pattern_matches_the_whole_address),
        cmocka_unit_test(what_is_no_plain_address_is_never_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
