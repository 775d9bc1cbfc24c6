// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#define CASES        4000
#define MESSAGES_MAX 9

static int add_row(const struct state_row *row, void *context)
{
    struct strbuf *text = context;
    strbuf_printf(text, "%s%s %s %s since %lld at %lld: %s", text->size ? "\n" : "",
                  row->host, row->tag, state_name(row->state),
                  (long long)(row->since - NOON), (long long)(row->time - NOON),
                  row->last_word);
    return 0;
}

static void assert_states(struct fixture *fixture, bool failed, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_state(fixture->store, failed, add_row, &text,
                                          &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

static void assert_interruptions(struct fixture *fixture, const char *expected)
{
    AUTO(str)
    char *sql = text_format("SELECT ifnull(group_concat((began - %lld) || '-' ||"
                            " ifnull((ended - %lld), ''), ' '), '') FROM"
                            " (SELECT * FROM interruption ORDER BY began, began_id)",
                            (long long)NOON, (long long)NOON);
    AUTO(str) char *found = fixture_ask(fixture, sql);
    assert_string_equal(found, expected);
}

/* One message of tag t, in a transaction of its own. */
static struct change put_one(struct fixture *fixture, unsigned n, int64_t time,
                             const char *err)
{
    struct change change;
    fixture_begin(fixture);
    fixture_put(fixture, message_make(n, "t", NOON + time, err), &change);
    fixture_commit(fixture);
    return change;
}

static void assert_change(struct change change, enum state before, enum state now,
                          int64_t since)
{
    assert_int_equal(change.before, before);
    assert_int_equal(change.now, now);
    assert_true(change.since == (since < 0 ? 0 : NOON + since));
}

static void says_what_each_message_changed(void **state)
{
    struct fixture *fixture = *state;
    assert_change(put_one(fixture, 1, 1, "SUCCESS"), STATE_NONE, STATE_OK, -1);
    assert_change(put_one(fixture, 2, 2, "SUCCESS"), STATE_OK, STATE_OK, -1);
    assert_change(put_one(fixture, 3, 3, "WARNING"), STATE_OK, STATE_WARNING, 3);
    assert_change(put_one(fixture, 4, 4, "FAIL"), STATE_WARNING, STATE_FAIL, 3);
    assert_change(put_one(fixture, 5, 5, "TIMEOUT"), STATE_FAIL, STATE_FAIL, 3);
    assert_change(put_one(fixture, 6, 6, "SUCCESS"), STATE_FAIL, STATE_OK, 3);
    assert_interruptions(fixture, "3-6");
    assert_states(fixture, false, "penguin2 t ok since 6 at 6: word 6");
}

static void what_is_wrong_at_first_is_a_change(void **state)
{
    struct fixture *fixture = *state;
    assert_change(put_one(fixture, 1, 1, "LOCKED"), STATE_NONE, STATE_WARNING, 1);
    assert_interruptions(fixture, "1-");
}

static void an_old_message_is_history_and_no_news(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 5, 50, "FAIL");
    struct change change = put_one(fixture, 4, 40, "SUCCESS");
    assert_int_equal(change.before, change.now);
    assert_states(fixture, false, "penguin2 t fail since 50 at 50: word 5");
    change = put_one(fixture, 3, 60, "SUCCESS");
    assert_change(change, STATE_FAIL, STATE_OK, 50);
    change = put_one(fixture, 2, 55, "FAIL");
    assert_int_equal(change.before, change.now);
    assert_states(fixture, false, "penguin2 t ok since 60 at 60: word 3");
    assert_interruptions(fixture, "50-60");
}

static void messages_of_one_time_stand_in_the_order_of_their_ids(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 2, 10, "SUCCESS");
    struct change change = put_one(fixture, 1, 10, "FAIL");
    assert_int_equal(change.before, change.now);
    assert_states(fixture, false, "penguin2 t ok since 10 at 10: word 2");
    assert_interruptions(fixture, "10-10");
}

static void what_says_nothing_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct change change = put_one(fixture, 1, 1, "null");
    assert_int_equal(change.before, change.now);
    assert_states(fixture, false, "");
    put_one(fixture, 2, 2, "FAIL");
    put_one(fixture, 3, 3, "null");
    assert_states(fixture, false, "penguin2 t fail since 2 at 2: word 2");
}

static void late_messages_move_interruptions(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 10, 100, "SUCCESS");
    put_one(fixture, 90, 900, "SUCCESS");
    put_one(fixture, 50, 500, "FAIL");
    assert_interruptions(fixture, "500-900"); /* ok, wrong, ok: a new one */
    put_one(fixture, 40, 400, "WARNING");
    assert_interruptions(fixture, "400-900"); /* its beginning moves */
    put_one(fixture, 80, 800, "SUCCESS");
    assert_interruptions(fixture, "400-800"); /* its end moves */
    put_one(fixture, 45, 450, "SUCCESS");
    assert_interruptions(fixture, "400-450 500-800"); /* split */
    put_one(fixture, 60, 600, "FAIL");
    put_one(fixture, 85, 850, "SUCCESS");
    assert_interruptions(fixture, "400-450 500-800"); /* nothing new */
}

static void forget(struct fixture *fixture)
{
    int changed = 0;
    fixture_begin(fixture);
    assert_done(fixture, store_prune(fixture->store, NOON + 850, NOON, 100, NULL,
                                     &changed, &fixture->err));
    fixture_commit(fixture);
    assert_int_equal(changed, 3);
}

static void what_was_pruned_and_comes_again_changes_nothing(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 40, 400, "FAIL");
    put_one(fixture, 50, 500, "SUCCESS");
    put_one(fixture, 60, 600, "FAIL");
    put_one(fixture, 90, 900, "SUCCESS");
    forget(fixture);
    put_one(fixture, 60, 600, "FAIL"); /* before ok: its interruption is there */
    put_one(fixture, 40, 400, "FAIL"); /* before wrong: so is its own */
    put_one(fixture, 50, 500, "SUCCESS");
    assert_interruptions(fixture, "400-500 600-900");
    forget(fixture);
    put_one(fixture, 60, 600, "FAIL");
    put_one(fixture, 50, 500, "SUCCESS"); /* between: so is the next */
    assert_interruptions(fixture, "400-500 600-900");
}

static void what_was_pruned_ends_nothing_that_began_later(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 40, 400, "FAIL");
    put_one(fixture, 50, 500, "SUCCESS");
    put_one(fixture, 60, 600, "FAIL");
    put_one(fixture, 90, 900, "FAIL");
    forget(fixture);
    put_one(fixture, 50, 500, "SUCCESS"); /* what follows now is wrong, and inside */
    assert_interruptions(fixture, "400-500 600-");
}

static void since_moves_with_late_messages(void **state)
{
    struct fixture *fixture = *state;
    put_one(fixture, 90, 900, "FAIL");
    put_one(fixture, 50, 500, "FAIL");
    assert_states(fixture, false, "penguin2 t fail since 500 at 900: word 90");
    put_one(fixture, 70, 700, "WARNING");
    assert_states(fixture, false, "penguin2 t fail since 900 at 900: word 90");
    put_one(fixture, 80, 800, "FAIL");
    assert_states(fixture, false, "penguin2 t fail since 800 at 900: word 90");
    put_one(fixture, 60, 600, "FAIL");
    assert_states(fixture, false, "penguin2 t fail since 800 at 900: word 90");
}

static void lists_the_worst_first_then_by_host_and_tag(void **state)
{
    struct fixture *fixture = *state;
    static const char *const tags[] = {"d", "b", "c", "a"};
    static const char *const errs[] = {"SUCCESS", "WARNING", "FAIL", "FAIL"};
    fixture_begin(fixture);
    for (unsigned n = 0; n < 4; n++)
        fixture_put(fixture, message_make(n, tags[n], NOON + n, errs[n]), NULL);
    fixture_commit(fixture);
    assert_states(fixture, false,
                  "penguin2 a fail since 3 at 3: word 3\n"
                  "penguin2 c fail since 2 at 2: word 2\n"
                  "penguin2 b warning since 1 at 1: word 1\n"
                  "penguin2 d ok since 0 at 0: word 0");
    assert_states(fixture, true,
                  "penguin2 a fail since 3 at 3: word 3\n"
                  "penguin2 c fail since 2 at 2: word 2\n"
                  "penguin2 b warning since 1 at 1: word 1");
}

/* ---- any order is the right order: compared with an oracle that sorts ---- */

struct told {
    unsigned n;
    int64_t time;
    const char *err;
};

static unsigned draw(unsigned below)
{
    static uint64_t seed = 20261122;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static void shuffle(struct told *messages, unsigned count)
{
    for (unsigned i = count; i > 1; i--) {
        unsigned other = draw(i);
        struct told swapped = messages[i - 1];
        messages[i - 1] = messages[other];
        messages[other] = swapped;
    }
}

static int compare_told(const void *a, const void *b)
{
    const struct told *one = a, *two = b;
    if (one->time != two->time)
        return one->time < two->time ? -1 : 1;
    return one->n < two->n ? -1 : 1;
}

static enum state state_of(const struct told *told)
{
    if (strcmp(told->err, "SUCCESS") == 0)
        return STATE_OK;
    return strcmp(told->err, "FAIL") == 0 ? STATE_FAIL : STATE_WARNING;
}

/* "began-ended … | state since time" of messages, which it sorts. */
static void oracle(struct told *messages, unsigned count, struct strbuf *ret)
{
    enum state now = STATE_NONE;
    int64_t since = 0, time = 0;
    qsort(messages, count, sizeof *messages, compare_told);
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(messages[i].err, "null") == 0)
            continue;
        enum state next = state_of(&messages[i]);
        time = messages[i].time;
        if (next != STATE_OK && (now == STATE_NONE || now == STATE_OK))
            strbuf_printf(ret, "%u@%lld-", messages[i].n, (long long)time);
        if (next == STATE_OK && now > STATE_OK)
            strbuf_printf(ret, "%u@%lld ", messages[i].n, (long long)time);
        since = next != now ? time : since;
        now = next;
    }
    strbuf_printf(ret, "| %d %lld %lld", now, (long long)since, (long long)time);
}

static int add_interruption(void *context, int count, char **values,
                            char **names UNUSED)
{
    struct strbuf *text = context;
    assert_int_equal(count, 4);
    strbuf_printf(text, "%lu@%s-", strtoul(values[1], NULL, 16), values[0]);
    if (values[2])
        strbuf_printf(text, "%lu@%s ", strtoul(values[3], NULL, 16), values[2]);
    return 0;
}

static int add_state(void *context, int count UNUSED, char **values,
                     char **names UNUSED)
{
    strbuf_printf(context, "| %s %s %s", values[0], values[1], values[2]);
    return 0;
}

/* The same of what the store holds of tag number t. */
static void stored(sqlite3 *db, unsigned t, struct strbuf *ret)
{
    AUTO(str)
    char *interruptions = text_format(
        "SELECT began - %lld, began_id, ended - %lld, ended_id FROM interruption"
        " WHERE tag = (SELECT number FROM tag WHERE tag = 't%u')"
        " ORDER BY began, began_id",
        (long long)NOON, (long long)NOON, t);
    AUTO(str)
    char *states = text_format("SELECT state, ifnull(since - %lld, 0),"
                               " ifnull(time - %lld, 0) FROM tag"
                               " WHERE host = 'penguin2' AND tag = 't%u'",
                               (long long)NOON, (long long)NOON, t);
    assert_int_equal(sqlite3_exec(db, interruptions, add_interruption, ret, NULL), 0);
    assert_int_equal(sqlite3_exec(db, states, add_state, ret, NULL), 0);
}

/* Case t: up to nine messages at twelve times, so that some share theirs: within twelve
 * ms, or within four hours. */
static unsigned draw_case(struct told *messages, unsigned t)
{
    static const char *const errs[] = {"SUCCESS", "SUCCESS", "FAIL", "WARNING", "null"};
    unsigned count = 1 + draw(MESSAGES_MAX);
    int64_t step = t % 2 ? 20 * 60 * 1000 : 1;
    for (unsigned i = 0; i < count; i++)
        messages[i] = (struct told){
            .n = t * 16 + i + 1, .time = draw(12) * step, .err = errs[draw(5)]};
    shuffle(messages, count);
    return count;
}

static void any_order_of_arrival_gives_the_same_states_and_interruptions(void **state)
{
    struct fixture *fixture = *state;
    static struct told cases[CASES][MESSAGES_MAX];
    static unsigned counts[CASES];
    fixture_begin(fixture);
    for (unsigned t = 0; t < CASES; t++) {
        char tag[16];
        snprintf(tag, sizeof tag, "t%u", t);
        counts[t] = draw_case(cases[t], t);
        for (unsigned i = 0; i < counts[t]; i++)
            fixture_put(fixture,
                        message_make(cases[t][i].n, tag, NOON + cases[t][i].time,
                                     cases[t][i].err),
                        NULL);
    }
    fixture_commit(fixture);

    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    for (unsigned t = 0; t < CASES; t++) {
        AUTO(strbuf) struct strbuf expected = {0};
        AUTO(strbuf) struct strbuf found = {0};
        oracle(cases[t], counts[t], &expected);
        stored(db, t, &found);
        assert_string_equal(strbuf_text(&found), strbuf_text(&expected));
    }
    sqlite3_close(db);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_each_message_changed),
        TEST(what_is_wrong_at_first_is_a_change),
        TEST(an_old_message_is_history_and_no_news),
        TEST(messages_of_one_time_stand_in_the_order_of_their_ids),
        TEST(what_says_nothing_changes_nothing),
        TEST(late_messages_move_interruptions),
        TEST(what_was_pruned_and_comes_again_changes_nothing),
        TEST(what_was_pruned_ends_nothing_that_began_later),
        TEST(since_moves_with_late_messages),
        TEST(lists_the_worst_first_then_by_host_and_tag),
        TEST(any_order_of_arrival_gives_the_same_states_and_interruptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
