// SPDX-License-Identifier: GPL-3.0-or-later
/* who - the token that a request bears, and whether that may do what is asked. A token
 * stands in the header Authorization alone, which nothing of ours logs or repeats. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "door/guests.h"
#include "door/request.h"
#include "door/routes.h"

#define BEARER      "Bearer "
#define BEARER_SIZE (sizeof BEARER - 1)

/* What each role may; open and known are for all. */
static const bool may[][ROUTE_RIGHTS] = {
    [ROLE_BARK] = {[ROUTE_BARKS] = true},
    [ROLE_READ] = {[ROUTE_SEES] = true},
    [ROLE_SHEPHERD] =
        {[ROUTE_BARKS] = true, [ROUTE_SEES] = true, [ROUTE_CHANGES] = true},
};

void request_log_refusal(struct request *request, const char *what)
{
    struct lobby *lobby = request->lobby;
    const struct caller *caller = &request->caller;
    char peer[PEER_TEXT_SIZE], token[32] = "", more[64] = "";
    int64_t left_out;
    struct log_limit *limit = caller->number > 0 ? &lobby->refusals : &lobby->strangers;
    if (!log_limit_take(limit, lobby->now(lobby), &left_out))
        return;
    if (caller->number > 0)
        snprintf(token, sizeof token, ", token %lld", (long long)caller->number);
    if (left_out > 0)
        snprintf(more, sizeof more, " (%lld more were, and not logged)",
                 (long long)left_out);
    log_warning("door: %s%s: %s; refused with %u%s",
                peer_format(&request->guest->peer, peer), token, what, request->status,
                more);
}

static void refuse_unknown(struct request *request, const char *why)
{
    request_refuse(request, MHD_HTTP_UNAUTHORIZED, "%s", why);
    request_add_header(request, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
}

/* Those who fail are told to slow down; who bears a good token is not kept out by
 * others behind the same address. */
static void refuse_wrong(struct request *request)
{
    struct lobby *lobby = request->lobby;
    if (peer_limits_take(lobby->failures, &request->guest->peer, lobby->now(lobby))) {
        refuse_unknown(request, "this token is unknown, has expired or was revoked");
    } else {
        request_refuse(request, MHD_HTTP_TOO_MANY_REQUESTS,
                       "too many wrong tokens from this address; wait a minute");
        request_add_header(request, MHD_HTTP_HEADER_RETRY_AFTER, "60");
    }
    request_log_refusal(request, "a token that is unknown, expired or revoked");
}

static void check_role(struct request *request)
{
    enum route_right right = request->route->right;
    enum role role = request->caller.role;
    if (right == ROUTE_KNOWN || may[role][right])
        return;
    request_refuse(request, MHD_HTTP_FORBIDDEN,
                   "a token of the role %s may not do this", role_name(role));
    request_log_refusal(request, "its role may not do this");
}

static void check_rate(struct request *request, struct token *token)
{
    struct lobby *lobby = request->lobby;
    if (bucket_take(&token->requests, lobby->rate, lobby->now(lobby)))
        return;
    request_refuse(request, MHD_HTTP_TOO_MANY_REQUESTS,
                   "more than %lld requests of one token in a second; send several "
                   "messages in one",
                   (long long)lobby->rate.count);
    request_add_header(request, MHD_HTTP_HEADER_RETRY_AFTER, "1");
}

static void admit_token(struct request *request, struct token *token)
{
    struct caller *caller = &request->caller;
    caller->number = token->number;
    caller->role = token->role;
    if (strcmp(token->host, "*") != 0)
        snprintf(caller->host, sizeof caller->host, "%s", token->host);
    check_role(request);
    if (!request->status)
        check_rate(request, token);
}

/* Where the list cannot be read, the one that was read last holds. */
static void refresh(struct lobby *lobby, int64_t age)
{
    struct error why = {0};
    int64_t left_out;
    int64_t now = lobby->now(lobby);
    if (tokens_refresh(lobby->tokens, now, age, &why) < 0 &&
        log_limit_take(&lobby->refusals, now, &left_out))
        log_error("door: the tokens cannot be read again: %s; we go on with those we "
                  "have",
                  why.text);
}

static struct token *find_token(struct lobby *lobby, const char *text)
{
    int64_t now = clock_now();
    struct token *token = tokens_find(lobby->tokens, text, now);
    if (token)
        return token;
    refresh(lobby, TOKENS_AGE_SHORT);
    return tokens_find(lobby->tokens, text, now);
}

void request_identify(struct request *request)
{
    struct lobby *lobby = request->lobby;
    request->caller.role = ROLE_SHEPHERD;
    if (request->route->right == ROUTE_OPEN)
        return;
    refresh(lobby, TOKENS_AGE);
    if (lobby->is_open && tokens_is_new(lobby->tokens))
        return;
    const char *header = request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (!header || strncasecmp(header, BEARER, BEARER_SIZE) != 0) {
        refuse_unknown(request, "a token is needed: Authorization: Bearer sheepdog_…");
        return;
    }
    struct token *token = find_token(lobby, header + BEARER_SIZE);
    if (token)
        admit_token(request, token);
    else
        refuse_wrong(request);
}

/* Of whom it is the token; in the open, everybody is a shepherd. */
void get_token(struct request *request, struct store *store UNUSED)
{
    const struct caller *caller = &request->caller;
    AUTO(strbuf) struct strbuf json = {0};
    json_open(&json, '{');
    json_field_text(&json, "host", caller->host[0] ? caller->host : "*");
    json_field_text(&json, "role", role_name(caller->role));
    json_close(&json, '}');
    request_reply(request, MHD_HTTP_OK, &json);
}
