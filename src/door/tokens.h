// SPDX-License-Identifier: GPL-3.0-or-later
/* tokens - who may pass the door: made, and found again by what a client bears.
 *
 * Comes from: store/ (their hashes).  Goes to: who.c.
 *
 *     sheepdog_QLm1…                  "sheepdog_" and 256 random bits as base64url
 *
 * Used by one thread, with a reader of the store of its own. */
#ifndef DOOR_TOKENS_H
#define DOOR_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "door/limits.h"
#include "store/store.h"

#define TOKEN_TEXT_SIZE 53 /* with its NUL */

/* A new one. The text is given to whom it is for, the hash to the store. */
void token_make(char ret[TOKEN_TEXT_SIZE], unsigned char ret_hash[TOKEN_HASH_SIZE]);

/* One that is stored. */
struct token {
    int64_t number;
    char *host; /* "*": any */
    enum role role;
    unsigned char hash[TOKEN_HASH_SIZE];
    int64_t expires;        /* ms since 1970 UTC; 0: never */
    struct bucket requests; /* that it may still make */
};

struct tokens;

/* reader is lent, and used by nobody else. */
struct tokens *tokens_new(struct store *reader);
void tokens_free(struct tokens *tokens); /* NULL is fine */
AUTO_DEFINE(tokens)

/* Reads them again where that was last done so long ago: what was added or revoked
 * holds from then on. now and age: ms, of a clock that never goes back. When it fails
 * those that were read last stay. */
int tokens_refresh(struct tokens *tokens, int64_t now, int64_t age, struct error *err)
    MUST_USE;

#define TOKENS_AGE       1000 /* for one that is known: it may have been revoked */
#define TOKENS_AGE_SHORT 50   /* for one that is not: it may have been made just now */

/* None is stored; one that has expired counts. */
bool tokens_is_empty(const struct tokens *tokens);

/* None was ever stored: one that was revoked counts too. Whoever made one wanted nobody
 * to come in without, and revoking the last says nothing else. */
bool tokens_is_new(const struct tokens *tokens);

/* The one that has that text and has not expired at now (ms since 1970 UTC), else NULL.
 * Lent until the next refresh. How long it takes tells nothing of any token. */
struct token *tokens_find(struct tokens *tokens, const char *text, int64_t now);

#endif
