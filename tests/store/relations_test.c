// SPDX-License-Identifier: GPL-3.0-or-later
/* relations - what one host, or one plugin, may do to what others say: little. */
#include "fixture.h"

#include <errno.h>

static unsigned message_count;

/* Facts that came at NOON; more: members beside. */
static int put(struct fixture *fixture, const char *host, const char *relation,
               int counter, const char *more)
{
    char id[UUID_SIZE];
    bool lacks;
    int64_t number;
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"kind\":\"facts\",\"tag\":\"facts\","
                             "\"host\":\"%s\",\"relation\":\"%s\",\"columns\":"
                             "[[\"name\",\"text\"]],\"epoch\":5,\"counter\":%d,%s}",
                             id_of(++message_count, id), host, relation, counter, more);
    AUTO(message) struct message *message = message_read(json);
    fixture_begin(fixture);
    assert_done(fixture, store_put_message(fixture->store, message, NOON, &number,
                                           &fixture->err));
    int rc =
        store_put_facts(fixture->store, number, message, NOON, &lacks, &fixture->err);
    if (rc == 0)
        fixture_commit(fixture);
    else
        store_rollback(fixture->store);
    return rc;
}

#define WHOLE(name) "\"after\":0,\"is\":\"whole\",\"add\":[[\"" name "\"]]"

static int count_relation(const struct relation *relation UNUSED, int64_t rows UNUSED,
                          void *context)
{
    ++*(int *)context;
    return 0;
}

static int count_relations(struct fixture *fixture)
{
    int count = 0;
    assert_done(fixture, store_each_relation(fixture->store, false, count_relation,
                                             &count, &fixture->err));
    return count;
}

static void forget(struct fixture *fixture, const char *host)
{
    int changed;
    do {
        fixture_begin(fixture);
        assert_done(fixture, store_forget(fixture->store, host, NULL, 1000, &changed,
                                          &fixture->err));
        fixture_commit(fixture);
    } while (changed > 0);
}

static int put_many(struct fixture *fixture, const char *host, int from, int count)
{
    int rc = 0;
    for (int i = 0; rc == 0 && i < count; i++) {
        AUTO(str) char *name = text_format("r%d", from + i);
        rc = put(fixture, host, name, 1, WHOLE("a"));
    }
    return rc;
}

static void a_host_makes_a_hundred_and_leaves_room_for_others(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put_many(fixture, "penguin2", 0, 100), 0);
    assert_int_equal(put(fixture, "penguin2", "more", 1, WHOLE("a")), -EINVAL);
    assert_string_equal(fixture->err.text,
                        "relation more: there are 1000 already, or 100 that host "
                        "penguin2 was the first to speak of, the most");
    assert_int_equal(put(fixture, "penguin3", "more", 1, WHOLE("a")), 0);
    assert_int_equal(put(fixture, "penguin2", "more", 2, WHOLE("a")), 0);
}

static void what_nobody_says_any_more_goes_with_its_host(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put_many(fixture, "penguin2", 0, 3), 0);
    assert_int_equal(put_many(fixture, "penguin3", 2, 2), 0);
    forget(fixture, "penguin2");
    assert_int_equal(count_relations(fixture), 2);
    AUTO(str) char *rows = fixture_ask(fixture, "SELECT count(*) FROM fact_r2");
    assert_string_equal(rows, "1");
    forget(fixture, "penguin3");
    assert_int_equal(count_relations(fixture), 0);
    assert_int_equal(put_many(fixture, "penguin2", 0, 3), 0);
    assert_int_equal(count_relations(fixture), 3);
}

/* ---- receivers ---- */

#define BY(words) "\"receiver\":\"nginx\"," words

static void assert_names(struct fixture *fixture, const char *wanted)
{
    AUTO(str)
    char *names = fixture_ask(fixture, "SELECT group_concat(v_name, ' ') FROM fact_site"
                                       " WHERE ended IS NULL");
    assert_string_equal(names ? names : "", wanted);
}

static void a_receiver_does_not_change_what_the_host_says(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put(fixture, "penguin2", "site", 1, WHOLE("host")), 0);
    assert_int_equal(put(fixture, "penguin2", "site", 9, BY(WHOLE("other"))), -EINVAL);
    assert_string_equal(fixture->err.text, "relation site: the host's daemon says it, "
                                           "so that no receiver can");
    assert_int_equal(put(fixture, "penguin3", "site", 9,
                         BY("\"after\":8,\"is\":"
                            "\"whole\",\"add\":[[\"x\"]"
                            "]")),
                     0);
    assert_names(fixture, "host x");
}

static void what_the_host_says_takes_the_place_of_a_receivers_word(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put(fixture, "penguin2", "site", 9,
                         BY("\"after\":8,\"is\":\"whole\",\"add\":[[\"other\"]]")),
                     0);
    assert_int_equal(put(fixture, "penguin2", "site", 1, WHOLE("host")), 0);
    assert_names(fixture, "host");
    assert_int_equal(put(fixture, "penguin2", "site", 2,
                         "\"after\":1,\"is\":\"change\",\"add\":[[\"new\"]],"
                         "\"remove\":[]"),
                     0);
    assert_names(fixture, "host new");
}

/* ---- limits ---- */

static char *many_rows(int from, int count)
{
    AUTO(strbuf) struct strbuf rows = {0};
    for (int i = 0; i < count; i++)
        strbuf_printf(&rows, "%s[\"%d\"]", i ? "," : "", from + i);
    return strbuf_take(&rows);
}

static int put_rows(struct fixture *fixture, int counter, int after, const char *is,
                    int count)
{
    AUTO(str) char *rows = many_rows(counter * 60000, count);
    AUTO(str)
    char *members = text_format("\"after\":%d,\"is\":\"%s\",\"add\":[%s]%s", after, is,
                                rows, strcmp(is, "change") ? "" : ",\"remove\":[]");
    return put(fixture, "penguin2", "site", counter, members);
}

static void a_hundred_thousand_rows_are_the_most(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(put_rows(fixture, 1, 0, "part", 60000), 0);
    assert_int_equal(put_rows(fixture, 2, 0, "whole", 40000), 0);
    assert_int_equal(put_rows(fixture, 3, 2, "change", 1), -EINVAL);
    assert_string_equal(fixture->err.text, "relation site: it would have 100001 rows, "
                                           "expected at most 100000");
    assert_int_equal(put_rows(fixture, 4, 3, "part", 60000), 0);
    assert_int_equal(put_rows(fixture, 5, 3, "part", 50000), 0);
    assert_int_equal(put_rows(fixture, 6, 3, "whole", 1), -EINVAL);
    assert_string_equal(fixture->err.text, "relation site: found 110000 rows and more, "
                                           "expected at most 100000");
    assert_int_equal(put_rows(fixture, 7, 6, "whole", 1), 0);
    assert_names(fixture, "420000");
}

static void a_thousand_messages_wait_at_most(void **state)
{
    struct fixture *fixture = *state;
    int rc = 0, count = 0;
    for (; rc == 0 && count < 1100; count++)
        rc = put_rows(fixture, count + 3, count + 2, "change", 1);
    assert_int_equal(rc, -EINVAL);
    assert_int_equal(count, 1001);
    assert_string_equal(fixture->err.text, "relation site: 1000 of its messages wait "
                                           "already for one that is missing, the most");
    assert_int_equal(put_rows(fixture, 2, 1, "whole", 0), 0);
    AUTO(str)
    char *rows = fixture_ask(fixture, "SELECT count(*) || ' ' || (SELECT count(*)"
                                      " FROM waiting) FROM fact_site");
    assert_string_equal(rows, "1000 0");
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_host_makes_a_hundred_and_leaves_room_for_others),
        TEST(what_nobody_says_any_more_goes_with_its_host),
        TEST(a_receiver_does_not_change_what_the_host_says),
        TEST(what_the_host_says_takes_the_place_of_a_receivers_word),
        TEST(a_hundred_thousand_rows_are_the_most),
        TEST(a_thousand_messages_wait_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
