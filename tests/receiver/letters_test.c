// SPDX-License-Identifier: GPL-3.0-or-later
/* letters - which stored messages a receiver is given, and in which form. */
#include "../store/fixture.h"

#include "receiver/letters.h"

static struct plugin *plugin_new(const char *description)
{
    struct plugin *plugin = NULL;
    struct error err = {0};
    if (plugin_read("r", description, strlen(description), &plugin, &err) < 0)
        fail_msg("%s", err.text);
    return plugin;
}

/* Message n of a tag, with more fields. */
static void put(struct fixture *fixture, unsigned n, const char *tag, const char *more)
{
    char id[UUID_SIZE];
    AUTO(str)
    char *json = text_format("{\"id\":\"%s\",\"kind\":\"note\",\"tag\":\"%s\","
                             "\"text\":\"m%u\"%s}",
                             id_of(n, id), tag, n, more);
    fixture_begin(fixture);
    fixture_put(fixture, message_read(json), NULL);
    fixture_commit(fixture);
}

/* "1 4 ": the numbers of all that are there. */
static char *take_all(struct fixture *fixture, struct letters *letters)
{
    struct strbuf text = {0};
    for (;;) {
        AUTO(letter) struct letter *letter = NULL;
        assert_done(fixture, letters_take(letters, &letter, &fixture->err));
        if (!letter)
            return strbuf_take(&text);
        strbuf_printf(&text, "%d ", (int)letter->number);
        assert_int_equal(letter->line.data[0], '{');
        assert_ptr_equal(strchr(letter->line.data, '\n'),
                         letter->line.data + letter->line.size - 1);
    }
}

static void assert_taken(struct fixture *fixture, const char *patterns, int64_t after,
                         const char *wanted)
{
    AUTO(str)
    char *description = text_format("(plugin (name \"r\") (receives %s))", patterns);
    AUTO(plugin) struct plugin *plugin = plugin_new(description);
    AUTO(letters)
    struct letters *letters = letters_new(plugin, fixture->store, after);
    AUTO(str) char *taken = take_all(fixture, letters);
    assert_string_equal(taken ? taken : "", wanted);
}

static void put_five(struct fixture *fixture)
{
    put(fixture, 1, "job/a", "");
    put(fixture, 2, "r", ",\"plugin\":\"r\"");
    put(fixture, 3, "r", ",\"plugin\":\"r\",\"receiver\":\"r\"");
    put(fixture, 4, "other", "");
    put(fixture, 5, "job/b", "");
}

static void its_own_monitors_are_given(void **state)
{
    put_five(*state);
    assert_taken(*state, "", 0, "2 ");
}

static void those_of_its_patterns_too(void **state)
{
    put_five(*state);
    assert_taken(*state, "\"job/*\"", 0, "1 2 5 ");
    assert_taken(*state, "\"oth?r\" \"job/b\"", 0, "2 4 5 ");
}

static void what_a_receiver_said_never_is(void **state)
{
    put_five(*state);
    assert_taken(*state, "\"*\"", 0, "1 2 4 5 ");
}

static void those_before_are_not_given_again(void **state)
{
    put_five(*state);
    assert_taken(*state, "\"*\"", 4, "5 ");
}

static void what_is_for_others_is_seen_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    AUTO(plugin) struct plugin *plugin = plugin_new("(plugin (name \"r\") (receives))");
    AUTO(letters) struct letters *letters = letters_new(plugin, fixture->store, 0);
    put_five(fixture);
    AUTO(str) char *taken = take_all(fixture, letters);
    assert_string_equal(taken, "2 ");
    assert_int_equal(letters_seen(letters), 5);
}

/* More than are looked at, at once. */
static void a_backlog_is_no_matter(void **state)
{
    struct fixture *fixture = *state;
    fixture_begin(fixture);
    for (unsigned n = 1; n <= 1200; n++)
        fixture_put(fixture, message_make(n, n == 1100 ? "job" : "t", NOON, "SUCCESS"),
                    NULL);
    fixture_commit(fixture);
    assert_taken(fixture, "\"job\"", 0, "1100 ");
}

#define TEST(test)                                                                     \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(its_own_monitors_are_given),
        TEST(those_of_its_patterns_too),
        TEST(what_a_receiver_said_never_is),
        TEST(those_before_are_not_given_again),
        TEST(what_is_for_others_is_seen_all_the_same),
        TEST(a_backlog_is_no_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
