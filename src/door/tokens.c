// SPDX-License-Identifier: GPL-3.0-or-later
/* tokens - a copy of the store's list, at most a second old. */
#include "door/tokens.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PREFIX      "sheepdog_"
#define PREFIX_SIZE (sizeof PREFIX - 1)
#define SECRET_SIZE 32 /* bytes: 256 bits */
#define BASE64_FORM sodium_base64_VARIANT_URLSAFE_NO_PADDING

static_assert(TOKEN_TEXT_SIZE ==
                  PREFIX_SIZE + sodium_base64_ENCODED_LEN(SECRET_SIZE, BASE64_FORM),
              "a token fits, with its NUL");
static_assert(TOKEN_HASH_SIZE == crypto_generichash_BYTES, "as libsodium advises");

/* A fast hash is right here: a slow one protects secrets that can be guessed, and
 * nobody goes through 256 random bits. */
static void hash_text(const char *text, unsigned char ret[TOKEN_HASH_SIZE])
{
    crypto_generichash(ret, TOKEN_HASH_SIZE, (const unsigned char *)text, strlen(text),
                       NULL, 0);
}

void token_make(char ret[TOKEN_TEXT_SIZE], unsigned char ret_hash[TOKEN_HASH_SIZE])
{
    unsigned char secret[SECRET_SIZE];
    if (sodium_init() < 0)
        abort();
    randombytes_buf(secret, sizeof secret);
    memcpy(ret, PREFIX, PREFIX_SIZE);
    sodium_bin2base64(ret + PREFIX_SIZE, TOKEN_TEXT_SIZE - PREFIX_SIZE, secret,
                      sizeof secret, BASE64_FORM);
    sodium_memzero(secret, sizeof secret);
    hash_text(ret, ret_hash);
}

/* ---- the list ---- */

struct token_list {
    struct token *items;
    size_t count;
};

struct tokens {
    struct store *reader;
    struct token_list list; /* by number, as the store gives them */
    bool had_any;           /* one at least was stored once */
    int64_t read;           /* when; 0: never */
};

static void list_clear(struct token_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].host);
    free(list->items);
    *list = (struct token_list){0};
}

struct tokens *tokens_new(struct store *reader)
{
    struct tokens *tokens = memory_new(sizeof *tokens);
    tokens->reader = reader;
    if (sodium_init() < 0)
        abort();
    return tokens;
}

void tokens_free(struct tokens *tokens)
{
    if (!tokens)
        return;
    list_clear(&tokens->list);
    free(tokens);
}

static int add_row(const struct token_row *row, void *context)
{
    struct token_list *list = context;
    if ((list->count & (list->count + 1)) == 0)
        list->items =
            memory_resize(list->items, (list->count * 2 + 1) * sizeof *list->items);
    struct token *token = &list->items[list->count++];
    *token = (struct token){.number = row->number,
                            .host = text_copy(row->host),
                            .role = row->role,
                            .expires = row->expires};
    memcpy(token->hash, row->hash, sizeof token->hash);
    return 0;
}

/* Who has used up what it may does not start anew by being read again. */
static void keep_buckets(struct token_list *list, const struct token_list *before)
{
    for (size_t i = 0, j = 0; i < list->count && j < before->count;) {
        if (list->items[i].number == before->items[j].number)
            list->items[i].requests = before->items[j].requests;
        if (list->items[i].number <= before->items[j].number)
            i++;
        else
            j++;
    }
}

int tokens_refresh(struct tokens *tokens, int64_t now, int64_t age, struct error *err)
{
    if (tokens->read > 0 && now - tokens->read < age)
        return 0;
    tokens->read = now;
    struct token_list list = {0};
    int rc = store_had_tokens(tokens->reader, &tokens->had_any, err);
    if (rc == 0)
        rc = store_each_token(tokens->reader, add_row, &list, err);
    if (rc < 0) {
        list_clear(&list);
        return rc;
    }
    keep_buckets(&list, &tokens->list);
    list_clear(&tokens->list);
    tokens->list = list;
    return 0;
}

bool tokens_is_empty(const struct tokens *tokens)
{
    return tokens->list.count == 0;
}

bool tokens_is_new(const struct tokens *tokens)
{
    return !tokens->had_any;
}

struct token *tokens_find(struct tokens *tokens, const char *text, int64_t now)
{
    unsigned char hash[TOKEN_HASH_SIZE];
    hash_text(text, hash);
    struct token *found = NULL;
    for (size_t i = 0; i < tokens->list.count; i++)
        if (sodium_memcmp(tokens->list.items[i].hash, hash, sizeof hash) == 0)
            found = &tokens->list.items[i];
    return found && (found->expires == 0 || now < found->expires) ? found : NULL;
}
