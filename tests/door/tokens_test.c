// SPDX-License-Identifier: GPL-3.0-or-later
#include "../store/fixture.h"

#include "base/compiler.h"
#include "door/tokens.h"

#define SECOND 1000 /* ms */

static int64_t put(struct fixture *fixture, const char *host, int64_t expires,
                   char ret[TOKEN_TEXT_SIZE])
{
    struct token_row row = {
        .host = host, .role = ROLE_BARK, .made = NOON, .expires = expires};
    int64_t number;
    token_make(ret, row.hash);
    assert_done(fixture, store_begin(fixture->store, &fixture->err));
    assert_done(fixture, store_put_token(fixture->store, &row, &number, &fixture->err));
    assert_done(fixture, store_commit(fixture->store, &fixture->err));
    return number;
}

static void take_back(struct fixture *fixture, int64_t number)
{
    assert_done(fixture, store_begin(fixture->store, &fixture->err));
    assert_done(fixture, store_revoke_token(fixture->store, number, &fixture->err));
    assert_done(fixture, store_commit(fixture->store, &fixture->err));
}

static void makes_tokens_of_256_bits_that_differ(void **state UNUSED)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char one[TOKEN_TEXT_SIZE], other[TOKEN_TEXT_SIZE];
    unsigned char hashes[2][TOKEN_HASH_SIZE];
    token_make(one, hashes[0]);
    token_make(other, hashes[1]);
    assert_memory_equal(one, "sheepdog_", 9);
    assert_int_equal(strlen(one), 52);
    assert_int_equal(strspn(one + 9, letters), 43);
    assert_string_not_equal(one, other);
    assert_memory_not_equal(hashes[0], hashes[1], TOKEN_HASH_SIZE);
}

static void finds_the_one_that_has_the_text(void **state)
{
    struct fixture *fixture = *state;
    AUTO(tokens) struct tokens *tokens = tokens_new(fixture->store);
    char one[TOKEN_TEXT_SIZE], other[TOKEN_TEXT_SIZE];
    put(fixture, "one", 0, one);
    put(fixture, "other", 0, other);
    assert_done(fixture, tokens_refresh(tokens, SECOND, SECOND, &fixture->err));
    assert_string_equal(tokens_find(tokens, one, NOON)->host, "one");
    assert_string_equal(tokens_find(tokens, other, NOON)->host, "other");
    assert_int_equal(tokens_find(tokens, other, NOON)->role, ROLE_BARK);
    one[30] ^= 1;
    assert_null(tokens_find(tokens, one, NOON));
    assert_null(tokens_find(tokens, "", NOON));
}

static void an_expired_one_is_not_found_and_counts(void **state)
{
    struct fixture *fixture = *state;
    AUTO(tokens) struct tokens *tokens = tokens_new(fixture->store);
    char text[TOKEN_TEXT_SIZE];
    put(fixture, "h", NOON, text);
    assert_done(fixture, tokens_refresh(tokens, SECOND, SECOND, &fixture->err));
    assert_non_null(tokens_find(tokens, text, NOON - 1));
    assert_null(tokens_find(tokens, text, NOON));
    assert_false(tokens_is_empty(tokens));
}

static void hears_in_time_what_was_added_and_revoked(void **state)
{
    struct fixture *fixture = *state;
    AUTO(tokens) struct tokens *tokens = tokens_new(fixture->store);
    char text[TOKEN_TEXT_SIZE];
    assert_done(fixture, tokens_refresh(tokens, SECOND, SECOND, &fixture->err));
    assert_true(tokens_is_empty(tokens));
    assert_true(tokens_is_new(tokens));
    int64_t number = put(fixture, "h", 0, text);
    assert_done(fixture, tokens_refresh(tokens, 2 * SECOND - 1, SECOND, &fixture->err));
    assert_true(tokens_is_empty(tokens));
    assert_done(fixture, tokens_refresh(tokens, 2 * SECOND, SECOND, &fixture->err));
    assert_non_null(tokens_find(tokens, text, NOON));
    take_back(fixture, number);
    assert_done(fixture, tokens_refresh(tokens, 3 * SECOND, SECOND, &fixture->err));
    assert_null(tokens_find(tokens, text, NOON));
    assert_true(tokens_is_empty(tokens));
    assert_false(tokens_is_new(tokens));
}

static void what_a_token_has_used_up_is_not_given_back_by_reading(void **state)
{
    struct fixture *fixture = *state;
    static const struct rate one_an_hour = {.count = 1, .period = 3600 * SECOND};
    AUTO(tokens) struct tokens *tokens = tokens_new(fixture->store);
    char gone[TOKEN_TEXT_SIZE], kept[TOKEN_TEXT_SIZE];
    int64_t number = put(fixture, "gone", 0, gone);
    put(fixture, "kept", 0, kept);
    assert_done(fixture, tokens_refresh(tokens, SECOND, SECOND, &fixture->err));
    struct token *token = tokens_find(tokens, kept, NOON);
    assert_true(bucket_take(&token->requests, one_an_hour, SECOND));
    take_back(fixture, number);
    assert_done(fixture, tokens_refresh(tokens, 3 * SECOND, SECOND, &fixture->err));
    token = tokens_find(tokens, kept, NOON);
    assert_false(bucket_take(&token->requests, one_an_hour, 3 * SECOND));
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_tokens_of_256_bits_that_differ),
        TEST(finds_the_one_that_has_the_text),
        TEST(an_expired_one_is_not_found_and_counts),
        TEST(hears_in_time_what_was_added_and_revoked),
        TEST(what_a_token_has_used_up_is_not_given_back_by_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
