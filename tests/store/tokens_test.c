// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.h"

#include <errno.h>

/* A token whose hash is all of one byte. */
static int put(struct fixture *fixture, const char *host, enum role role, int byte,
               int64_t expires, int64_t *ret)
{
    struct token_row token = {
        .host = host, .role = role, .made = NOON, .expires = expires};
    memset(token.hash, byte, sizeof token.hash);
    return store_put_token(fixture->store, &token, ret, &fixture->err);
}

/* "1 penguin2 bark 7 0, 2 * read 8 1000" */
static int list(const struct token_row *token, void *context)
{
    struct strbuf *text = context;
    assert_int_equal(token->hash[0], token->hash[TOKEN_HASH_SIZE - 1]);
    assert_true(token->made == NOON);
    strbuf_printf(text, "%s%lld %s %s %d %lld", text->size ? ", " : "",
                  (long long)token->number, token->host, role_name(token->role),
                  token->hash[0], (long long)token->expires);
    return 0;
}

static void assert_listed(struct fixture *fixture, const char *expected)
{
    AUTO(strbuf) struct strbuf text = {0};
    assert_done(fixture, store_each_token(fixture->store, list, &text, &fixture->err));
    assert_string_equal(strbuf_text(&text), expected);
}

static void lists_all_oldest_first(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    assert_listed(fixture, "");
    assert_done(fixture, put(fixture, "penguin2", ROLE_BARK, 0, 0, &number));
    assert_true(number == 1);
    assert_done(fixture, put(fixture, "*", ROLE_READ, 8, 1000, &number));
    assert_done(fixture, put(fixture, "*", ROLE_SHEPHERD, 255, 0, &number));
    assert_true(number == 3);
    fixture_reopen(fixture);
    assert_listed(fixture, "1 penguin2 bark 0 0, 2 * read 8 1000, 3 * shepherd 255 0");
}

static void one_hash_is_one_token(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    assert_done(fixture, put(fixture, "a", ROLE_BARK, 7, 0, &number));
    assert_true(put(fixture, "b", ROLE_SHEPHERD, 7, 0, &number) < 0);
    assert_listed(fixture, "1 a bark 7 0");
}

static void what_is_revoked_is_gone_and_its_number_too(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    assert_done(fixture, put(fixture, "a", ROLE_BARK, 7, 0, &number));
    assert_done(fixture, put(fixture, "b", ROLE_BARK, 8, 0, &number));
    assert_done(fixture, store_revoke_token(fixture->store, 2, &fixture->err));
    assert_int_equal(store_revoke_token(fixture->store, 2, &fixture->err), -ENOENT);
    assert_non_null(strstr(fixture->err.text, "number 2"));
    assert_done(fixture, put(fixture, "b", ROLE_BARK, 8, 0, &number));
    assert_listed(fixture, "1 a bark 7 0, 3 b bark 8 0");
}

static void knows_that_there_was_one(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    bool had_any = true;
    assert_done(fixture, store_had_tokens(fixture->store, &had_any, &fixture->err));
    assert_false(had_any);
    assert_done(fixture, put(fixture, "a", ROLE_BARK, 7, 0, &number));
    assert_done(fixture, store_revoke_token(fixture->store, 1, &fixture->err));
    fixture_reopen(fixture);
    assert_done(fixture, store_had_tokens(fixture->store, &had_any, &fixture->err));
    assert_true(had_any);
}

static int count(const struct token_row *token UNUSED, void *context)
{
    ++*(int *)context;
    return -ECANCELED;
}

static void a_callback_ends_the_list(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    int calls = 0;
    assert_done(fixture, put(fixture, "a", ROLE_BARK, 7, 0, &number));
    assert_done(fixture, put(fixture, "b", ROLE_BARK, 8, 0, &number));
    assert_int_equal(store_each_token(fixture->store, count, &calls, &fixture->err),
                     -ECANCELED);
    assert_int_equal(calls, 1);
}

static void a_damaged_row_lets_nobody_in(void **state)
{
    struct fixture *fixture = *state;
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(str)
    char *none = fixture_ask(fixture, "INSERT INTO token (host, role, hash, made,"
                                      " expires) VALUES ('*', 'king', x'07', 1, 0)");
    assert_null(none);
    assert_int_equal(store_each_token(fixture->store, list, &text, &fixture->err),
                     -EBADMSG);
    assert_non_null(strstr(fixture->err.text, "token 1"));
}

static void roles_have_names(void **state UNUSED)
{
    enum role role = ROLE_BARK;
    assert_string_equal(role_name(ROLE_BARK), "bark");
    assert_int_equal(role_parse("read", &role), 0);
    assert_int_equal(role, ROLE_READ);
    assert_int_equal(role_parse("shepherd", &role), 0);
    assert_int_equal(role, ROLE_SHEPHERD);
    assert_int_equal(role_parse("", &role), -EINVAL);
    assert_int_equal(role_parse("Bark", &role), -EINVAL);
    assert_int_equal(role, ROLE_SHEPHERD);
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_all_oldest_first),
        TEST(one_hash_is_one_token),
        TEST(what_is_revoked_is_gone_and_its_number_too),
        TEST(knows_that_there_was_one),
        TEST(a_callback_ends_the_list),
        TEST(a_damaged_row_lets_nobody_in),
        cmocka_unit_test(roles_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
