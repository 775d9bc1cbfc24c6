// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <errno.h>

#include "store/incidents.h"

static int try_open(struct fixture *fixture, const char *tag, const char *severity,
                    int64_t began, int64_t *ret)
{
    struct incident incident = {.host = "penguin2",
                                .tag = tag,
                                .severity = severity,
                                .text = "first",
                                .began = began,
                                .message = "m1",
                                .why = "[1]"};
    fixture_begin(fixture);
    int rc = store_open_incident(fixture->store, &incident, ret, &fixture->err);
    fixture_commit(fixture);
    return rc;
}

static int64_t open_one(struct fixture *fixture, const char *tag, const char *severity,
                        int64_t began)
{
    int64_t number = 0;
    assert_done(fixture, try_open(fixture, tag, severity, began, &number));
    return number;
}

static void close_one(struct fixture *fixture, int64_t number, int64_t ended)
{
    fixture_begin(fixture);
    assert_done(fixture,
                store_close_incident(fixture->store, number, ended, &fixture->err));
    fixture_commit(fixture);
}

static int note(const struct incident *incident, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%lld %s %s:%s %s %lld-%lld", text->size ? ", " : "",
                  (long long)incident->number, incident->tag, incident->matter,
                  incident->severity, incident->text, (long long)incident->began,
                  (long long)incident->ended);
    if (incident->acknowledged_until)
        strbuf_printf(text, " until %lld, %s: %s",
                      (long long)incident->acknowledged_until,
                      incident->acknowledged_by, incident->acknowledged_reason);
    return 0;
}

static void assert_list(struct fixture *fixture, const struct incident_filter *filter,
                        int64_t now, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_incident(fixture->store, filter, now, note, &text,
                                             &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

static void severities_of_a_state_are_one_matter(void **state UNUSED)
{
    assert_string_equal(incident_matter("fail"), "state");
    assert_string_equal(incident_matter("warning"), "state");
    assert_string_equal(incident_matter("unknown"), "state");
    assert_string_equal(incident_matter("silent"), "silent");
    assert_string_equal(incident_matter(""), "");
}

static void one_of_a_matter_is_open_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    assert_int_equal(open_one(fixture, "a", "fail", 10), 1);
    assert_int_equal(open_one(fixture, "a", "silent", 20), 2);
    assert_int_equal(try_open(fixture, "a", "warning", 30, &number), -EINVAL);
    close_one(fixture, 1, 40);
    assert_int_equal(open_one(fixture, "a", "warning", 50), 3);
    assert_list(fixture, &(struct incident_filter){0}, NOON,
                "3 a state:warning first 50-0, 2 a silent:silent first 20-0");
}

static void is_listed_by_what_is_asked(void **state)
{
    struct fixture *fixture = *state;
    open_one(fixture, "a", "fail", 10);
    open_one(fixture, "b", "fail", 20);
    close_one(fixture, 1, 15);
    open_one(fixture, "a", "fail", 30);
    close_one(fixture, 3, 35);
    assert_list(fixture, &(struct incident_filter){.tag = "a"}, NOON, "");
    assert_list(fixture, &(struct incident_filter){.all = true, .tag = "a"}, NOON,
                "3 a state:fail first 30-35, 1 a state:fail first 10-15");
    assert_list(fixture,
                &(struct incident_filter){
                    .all = true, .host = "penguin2", .tag = "a", .limit = 1},
                NOON, "3 a state:fail first 30-35");
    assert_list(fixture, &(struct incident_filter){.all = true, .since = 16}, NOON,
                "3 a state:fail first 30-35, 2 b state:fail first 20-0");
    assert_list(fixture, &(struct incident_filter){.all = true, .before = 2}, NOON,
                "1 a state:fail first 10-15");
    assert_list(fixture, &(struct incident_filter){.all = true, .host = "x"}, NOON, "");
}

static int change(struct fixture *fixture, const struct incident *incident)
{
    fixture_begin(fixture);
    int rc = store_change_incident(fixture->store, incident, &fixture->err);
    fixture_commit(fixture);
    return rc;
}

static void assert_row(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *found =
        fixture_ask(fixture, "SELECT severity || ' ' || text || ' ' || changed ||"
                             " ' ' || message || ' ' || why || ' ' || held"
                             " FROM incident");
    assert_string_equal(found, expected);
}

static void another_text_is_no_change_and_another_severity_is(void **state)
{
    struct fixture *fixture = *state;
    struct incident incident = {.number = open_one(fixture, "a", "fail", 10),
                                .severity = "fail",
                                .text = "second",
                                .changed = 20,
                                .message = "m2",
                                .why = "[2]"};
    assert_done(fixture, change(fixture, &incident));
    assert_row(fixture, "fail second 10 m1 [1] []");
    incident.severity = "warning";
    assert_done(fixture, change(fixture, &incident));
    assert_row(fixture, "warning second 20 m2 [2] []");
}

static void what_is_over_is_not_changed(void **state)
{
    struct fixture *fixture = *state;
    struct incident incident = {.number = open_one(fixture, "a", "fail", 10),
                                .severity = "warning",
                                .text = "second"};
    struct store *store = fixture->store;
    close_one(fixture, incident.number, 5); /* by a clock that was set back */
    assert_list(fixture, &(struct incident_filter){.all = true}, NOON,
                "1 a state:fail first 10-10");
    assert_int_equal(change(fixture, &incident), -ENOENT);
    assert_string_equal(fixture->err.text, "no incident 1 is open");
    fixture_begin(fixture);
    assert_int_equal(store_hold_incident(store, 1, "[\"x\"]", NULL), -ENOENT);
    assert_int_equal(store_close_incident(store, 1, 50, NULL), -ENOENT);
    assert_int_equal(store_acknowledge(store, 1, 50, 60, "r", "w", NULL), -ENOENT);
    fixture_commit(fixture);
    assert_row(fixture, "fail first 10 m1 [1] []");
}

static void is_held_for_reasons(void **state)
{
    struct fixture *fixture = *state;
    open_one(fixture, "a", "fail", 10);
    fixture_begin(fixture);
    assert_done(fixture,
                store_hold_incident(fixture->store, 1, "[\"silence 1\"]", NULL));
    fixture_commit(fixture);
    assert_row(fixture, "fail first 10 m1 [1] [\"silence 1\"]");
}

static void the_last_acknowledgement_counts_while_it_lasts(void **state)
{
    static const char plain[] = "1 a state:fail first 10-0";
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    open_one(fixture, "a", "fail", 10);
    fixture_begin(fixture);
    assert_done(fixture, store_acknowledge(store, 1, 20, 1000, "I know", "anna", NULL));
    assert_done(fixture, store_acknowledge(store, 1, 30, 100, "so do I", "bert", NULL));
    assert_int_equal(store_acknowledge(store, 1, 30, 30, "r", "w", NULL), -EINVAL);
    assert_int_equal(store_acknowledge(store, 1, 30, 40, "", "w", NULL), -EINVAL);
    assert_int_equal(store_acknowledge(store, 1, 30, 40, "r", "", NULL), -EINVAL);
    fixture_commit(fixture);
    assert_list(fixture, &(struct incident_filter){0}, 99,
                "1 a state:fail first 10-0 until 100, bert: so do I");
    assert_list(fixture, &(struct incident_filter){0}, 100, plain);
}

static int note_acknowledgement(const struct acknowledged *row, void *context)
{
    strbuf_printf(context, "%s %s %s %lld-%lld %s: %s\n", row->host, row->tag,
                  row->matter, (long long)row->made, (long long)row->until, row->who,
                  row->reason);
    return 0;
}

static void all_acknowledgements_are_listed_oldest_first(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    AUTO(strbuf) struct strbuf text = {0};
    open_one(fixture, "a", "fail", 10);
    open_one(fixture, "b", "silent", 10);
    fixture_begin(fixture);
    assert_done(fixture, store_acknowledge(store, 2, 20, 1000, "known", "anna", NULL));
    assert_done(fixture, store_acknowledge(store, 1, 30, 100, "mine", "bert", NULL));
    fixture_commit(fixture);
    close_one(fixture, 2, 40);
    assert_done(fixture,
                store_each_acknowledged(store, note_acknowledgement, &text, NULL));
    assert_string_equal(strbuf_text(&text), "penguin2 b silent 20-1000 anna: known\n"
                                            "penguin2 a state 30-100 bert: mine\n");
}

static void is_found_by_its_number(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    open_one(fixture, "a", "fail", 10);
    assert_done(fixture,
                store_find_incident(fixture->store, 1, NOON, note, &text, NULL));
    assert_string_equal(text.data, "1 a state:fail first 10-0");
    assert_int_equal(
        store_find_incident(fixture->store, 2, NOON, note, &text, &fixture->err),
        -ENOENT);
    assert_string_equal(fixture->err.text, "no incident 2");
}

static int note_informed(const struct informed *informed, void *context)
{
    strbuf_printf(context, "%s %s %s %lld\n", informed->notifier, informed->address,
                  informed->severity, (long long)informed->time);
    return 0;
}

static void remembers_who_knows_what(void **state)
{
    struct fixture *fixture = *state;
    struct informed informed = {
        .notifier = "mailto", .address = "a@x", .severity = "warning", .time = 20};
    AUTO(strbuf) struct strbuf text = {0};
    open_one(fixture, "a", "fail", 10);
    fixture_begin(fixture);
    assert_done(fixture, store_put_informed(fixture->store, 1, &informed, NULL));
    informed.severity = "fail";
    informed.time = 30;
    assert_done(fixture, store_put_informed(fixture->store, 1, &informed, NULL));
    informed.address = "b@x";
    assert_done(fixture, store_put_informed(fixture->store, 1, &informed, NULL));
    fixture_commit(fixture);
    assert_done(fixture,
                store_each_informed(fixture->store, 1, note_informed, &text, NULL));
    assert_string_equal(text.data, "mailto a@x fail 30\nmailto b@x fail 30\n");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(severities_of_a_state_are_one_matter),
        TEST(one_of_a_matter_is_open_at_a_time),
        TEST(is_listed_by_what_is_asked),
        TEST(another_text_is_no_change_and_another_severity_is),
        TEST(what_is_over_is_not_changed),
        TEST(is_held_for_reasons),
        TEST(the_last_acknowledgement_counts_while_it_lasts),
        TEST(all_acknowledgements_are_listed_oldest_first),
        TEST(is_found_by_its_number),
        TEST(remembers_who_knows_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
