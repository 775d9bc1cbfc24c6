// SPDX-License-Identifier: GPL-3.0-or-later
/* round - the steps of a round one by one, with a clock of our own: who may judge, what
 * is judged again, rules that change, and a store that others change too. */
#include "pasture.h"

#include <errno.h>

#include "../config/parsed.h"
#include "alert/round.h"

struct ring {
    struct pasture *pasture;
    struct round round;
};

static int set_up(void **state)
{
    struct ring *ring = memory_new(sizeof *ring);
    ring->pasture = pasture_new();
    round_init(&ring->round, ring->pasture->path, ring->pasture->store);
    ring->round.config = ring->pasture->config;
    ring->round.now = NOON;
    texts_add(&ring->round.folders, ring->pasture->rules);
    *state = ring;
    return 0;
}

static int tear_down(void **state)
{
    struct ring *ring = *state;
    round_clear(&ring->round);
    int rc = pasture_free(ring->pasture);
    free(ring);
    return rc;
}

/* A step without a failure; its rc. */
static int run(struct ring *ring, void (*step)(void *round))
{
    ring->round.rc = 0;
    step(&ring->round);
    if (ring->round.rc < 0)
        fail_msg("%s", ring->round.err.text);
    return ring->round.rc;
}

/* The first two; whether there is something to apply. */
static int judge(struct ring *ring, bool is_timed)
{
    ring->round.is_timed = is_timed;
    ring->round.has_news = false;
    if (is_timed)
        run(ring, round_turn);
    return run(ring, round_judge);
}

/* All that is done about what came, and what time has changed. */
static const char *go(struct ring *ring, bool is_timed)
{
    if (judge(ring, is_timed) > 0)
        assert_int_equal(run(ring, round_apply), 0);
    return pasture_wrong(ring->pasture);
}

static void say(struct ring *ring, const char *tag, const char *err)
{
    ring->round.now += 1000;
    pasture_say(ring->pasture, ring->pasture->store, tag, err, ring->round.now);
    touched_add(ring->round.touched, "state", "penguin2", tag);
}

static void what_fails_is_kept_and_told_until_it_is_over(void **state)
{
    struct ring *ring = *state;
    say(ring, "backup", "FAIL");
    assert_string_equal(go(ring, true), "backup ours\n");
    assert_true(ring->round.has_news);
    say(ring, "backup", "SUCCESS");
    assert_string_equal(go(ring, false), "");
    assert_true(ring->round.has_news);
}

static void what_touched_nothing_leaves_nothing_to_apply(void **state)
{
    struct ring *ring = *state;
    say(ring, "backup", "FAIL");
    go(ring, true);
    assert_int_equal(judge(ring, false), 0);
    assert_false(ring->round.has_news);
    assert_true(touched_is_empty(ring->round.touched));
}

static void who_has_not_the_lock_judges_nothing(void **state)
{
    struct ring *ring = *state;
    AUTO(str) char *name = text_format("%s-judge", ring->pasture->path);
    int other;
    assert_done(ring->pasture, files_lock(name, &other, &ring->pasture->err));
    say(ring, "backup", "FAIL");
    assert_string_equal(go(ring, true), "");
    assert_null(ring->round.asker);
    close(other);
    assert_string_equal(go(ring, true), "backup ours\n");
    assert_int_equal(files_lock(name, &other, NULL), -EAGAIN);
}

static void whose_round_ends_gives_the_lock_back(void **state)
{
    struct ring *ring = *state;
    struct round next;
    go(ring, true);
    round_clear(&ring->round);
    round_init(&next, ring->pasture->path, ring->pasture->store);
    next.config = ring->pasture->config;
    next.now = NOON;
    next.is_timed = true;
    round_turn(&next);
    assert_true(next.lock >= 0);
    ring->round = next;
}

/* It does not say what: so all of it is judged. */
static void what_another_program_stored_is_judged(void **state)
{
    struct ring *ring = *state;
    AUTO(store) struct store *other = NULL;
    go(ring, true);
    run(ring, round_turn);
    assert_false(touched_is_all(ring->round.touched));
    assert_done(ring->pasture,
                store_open(ring->pasture->path, &other, &ring->pasture->err));
    ring->round.now += 1000;
    pasture_say(ring->pasture, other, "backup", "FAIL", ring->round.now);
    assert_string_equal(go(ring, false), "");
    assert_string_equal(go(ring, true), "backup ours\n");
}

static void rules_that_are_broken_leave_the_old_ones_and_are_wrong(void **state)
{
    struct ring *ring = *state;
    say(ring, "backup", "FAIL");
    go(ring, true);
    pasture_rule(ring->pasture, "ours.dl", "alert(h, t, \"ours\" :- nothing.\n");
    say(ring, "mail", "FAIL");
    assert_string_equal(go(ring, true), "mail ours\nrules fail\nbackup ours\n");
    assert_non_null(ring->round.refused);
    pasture_rule(ring->pasture, "ours.dl", PASTURE_RULES "\n");
    assert_string_equal(go(ring, true), "mail ours\nbackup ours\n");
    assert_null(ring->round.refused);
}

static void
rules_are_read_again_when_a_file_changed_and_time_was_looked_at(void **state)
{
    struct ring *ring = *state;
    say(ring, "backup", "FAIL");
    go(ring, true);
    pasture_rule(ring->pasture, "ours.dl", "// nothing is wrong\n");
    say(ring, "mail", "FAIL");
    assert_string_equal(go(ring, false), "mail ours\nbackup ours\n");
    assert_string_equal(go(ring, true), "");
}

static void what_is_forced_is_read_although_no_file_changed(void **state)
{
    struct ring *ring = *state;
    go(ring, true);
    AUTO(str) char *stamp = text_copy(ring->round.stamp);
    ring->round.is_forced = true;
    go(ring, true);
    assert_false(ring->round.is_forced);
    assert_string_equal(ring->round.stamp, stamp);
}

/* The configuration is looked at again only where another one is used. */
static void what_is_expected_is_stored_once(void **state)
{
    struct ring *ring = *state;
    static const char late[] = "alert(h, t, \"ours\", \"late\") :- "
                               "expected{host: h, tag: t, due: d}, d <= now().\n";
    AUTO(config) struct config *config = parsed("(expect ram x (every \"1h\"))");
    pasture_rule(ring->pasture, "ours.dl", late);
    ring->round.config = config;
    assert_string_equal(go(ring, true), "");
    assert_true(ring->round.is_used);
    ring->round.config = ring->pasture->config;
    ring->round.now += 2 * 3600 * INT64_C(1000);
    assert_string_equal(go(ring, true), "x ours\n");
    ring->round.is_used = false;
    assert_string_equal(go(ring, true), "");
}

static void a_silence_until_recovery_ends_with_the_turn(void **state)
{
    struct ring *ring = *state;
    struct store *store = ring->pasture->store;
    struct error *err = &ring->pasture->err;
    const struct silence silence = {.host = "penguin2",
                                    .tag = "backup",
                                    .began = NOON,
                                    .until = NOON + 3600000,
                                    .until_recovery = true,
                                    .zone = "",
                                    .reason = "moving disks",
                                    .who = "wrk",
                                    .made = NOON};
    int64_t number;
    say(ring, "backup", "FAIL");
    go(ring, true);
    assert_done(ring->pasture, store_begin(store, err));
    assert_done(ring->pasture, store_put_silence(store, &silence, &number, err));
    assert_done(ring->pasture, store_commit(store, err));
    go(ring, true);
    assert_int_equal(store_begin(store, NULL), 0);
    assert_int_equal(store_end_silence(store, number, ring->round.now, NULL), 0);
    store_rollback(store);
    say(ring, "backup", "SUCCESS");
    go(ring, false);
    go(ring, true);
    assert_int_equal(store_begin(store, NULL), 0);
    assert_int_equal(store_end_silence(store, number, ring->round.now, NULL), -ENOENT);
    store_rollback(store);
}

static void what_was_forgotten_meanwhile_is_judged_again(void **state)
{
    struct ring *ring = *state;
    struct store *store = ring->pasture->store;
    struct error *err = &ring->pasture->err;
    int count = 1;
    say(ring, "backup", "FAIL");
    assert_int_equal(judge(ring, true), 1);
    while (count > 0) {
        assert_done(ring->pasture, store_begin(store, err));
        assert_done(ring->pasture,
                    store_forget(store, "penguin2", NULL, 100, &count, err));
        assert_done(ring->pasture, store_commit(store, err));
    }
    assert_int_equal(run(ring, round_apply), 1);
    assert_false(ring->round.has_news);
    touched_add(ring->round.touched, "state", "penguin2", NULL);
    assert_string_equal(go(ring, false), "");
}

/* A folder stands where the lock would be. */
static void a_lock_that_cannot_be_had_is_a_failure(void **state)
{
    struct ring *ring = *state;
    AUTO(str) char *name = text_format("%s-judge", ring->pasture->path);
    assert_int_equal(mkdir(name, 0700), 0);
    round_turn(&ring->round);
    assert_true(ring->round.rc < 0);
    assert_non_null(strstr(ring->round.err.text, name));
    assert_int_equal(rmdir(name), 0);
    say(ring, "backup", "FAIL");
    assert_string_equal(go(ring, true), "backup ours\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_fails_is_kept_and_told_until_it_is_over),
        TEST(what_touched_nothing_leaves_nothing_to_apply),
        TEST(who_has_not_the_lock_judges_nothing),
        TEST(whose_round_ends_gives_the_lock_back),
        TEST(what_another_program_stored_is_judged),
        TEST(rules_that_are_broken_leave_the_old_ones_and_are_wrong),
        TEST(rules_are_read_again_when_a_file_changed_and_time_was_looked_at),
        TEST(what_is_forced_is_read_although_no_file_changed),
        TEST(what_is_expected_is_stored_once),
        TEST(a_silence_until_recovery_ends_with_the_turn),
        TEST(what_was_forgotten_meanwhile_is_judged_again),
        TEST(a_lock_that_cannot_be_had_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
