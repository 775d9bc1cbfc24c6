// SPDX-License-Identifier: GPL-3.0-or-later
/* token - tokens are made, listed and revoked, while a daemon uses the store or not. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "admin/joining.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "command/options.h"

/* ---- what the three share ---- */

/* The configuration, and the store that it names. */
struct desk {
    struct config *config;
    struct store *store;
};

static void desk_clear(struct desk *desk)
{
    store_close(desk->store);
    config_free(desk->config);
}
AUTO_DEFINE_CLEAR(desk)

static int desk_open(const char *conf, struct desk *ret, struct error *err)
{
    int rc = config_open(conf, &ret->config, err);
    return rc < 0 ? rc : admin_open_store(ret->config, &ret->store, err);
}

static int count_token(const struct token_row *token UNUSED, void *context)
{
    ++*(int *)context;
    return 0;
}

static int count_tokens(struct store *store, int *ret, struct error *err)
{
    *ret = 0;
    return store_each_token(store, count_token, ret, err);
}

/* ---- add ---- */

struct adding {
    const char *conf, *host, *role;
    int64_t lifetime; /* ms; 0: for ever */
};

static const struct option_row add_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct adding, conf),
     "the configuration; else it is looked for"},
    {0, "host", "NAME", OPTION_TEXT, offsetof(struct adding, host),
     "whose messages it may send; '*': any host's"},
    {0, "role", "ROLE", OPTION_TEXT, offsetof(struct adding, role),
     "bark: sends; read: sees; shepherd: sees, sends and changes"},
    {0, "expires", "DURATION", OPTION_DURATION, offsetof(struct adding, lifetime),
     "how long it may be used; for ever where that is not said"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static bool is_host(const char *host)
{
    size_t size = strlen(host);
    AUTO(str) char *tidy = text_copy(host);
    utf8_tidy(tidy, size);
    return size > 0 && size <= MESSAGE_NAME_MAX && strcmp(tidy, host) == 0;
}

/* Who sees, sees all hosts. */
static int read_adding(const struct adding *adding, struct token_row *ret,
                       struct error *err)
{
    if (!adding->role)
        return error_set(err, -EINVAL,
                         "the role is missing: --role bark, read or "
                         "shepherd");
    if (role_parse(adding->role, &ret->role) < 0)
        return error_set(err, -EINVAL,
                         "--role: found \"%.40s\", expected bark, read or shepherd",
                         adding->role);
    bool is_bark = ret->role == ROLE_BARK;
    if (is_bark && !adding->host)
        return error_set(err, -EINVAL,
                         "whose messages it may send is missing: --host NAME, or '*'");
    ret->host = adding->host ? adding->host : "*";
    if (!is_bark && strcmp(ret->host, "*") != 0)
        return error_set(err, -EINVAL,
                         "--host: a token of the role %s is for all hosts: '*'",
                         adding->role);
    if (!is_host(ret->host))
        return error_set(err, -EINVAL, "--host: expected a name of at most %d bytes",
                         MESSAGE_NAME_MAX);
    ret->made = clock_now();
    ret->expires = adding->lifetime > 0 ? ret->made + adding->lifetime : 0;
    return 0;
}

/* The secret goes to stdout alone. */
static int add_token(const struct adding *adding, const struct token_row *row,
                     struct error *err)
{
    AUTO(desk) struct desk desk = {0};
    char text[TOKEN_TEXT_SIZE];
    int64_t number;
    bool had_any;
    int rc = desk_open(adding->conf, &desk, err);
    if (rc == 0)
        rc = store_had_tokens(desk.store, &had_any, err);
    if (rc == 0)
        rc = joining_make_token(desk.store, row, text, &number, err);
    if (rc < 0)
        return rc;
    if (!had_any)
        admin_say("the first token: from now on nobody comes in without one");
    admin_say("token %lld, %s of host %s; it is shown this once:", (long long)number,
              role_name(row->role), row->host);
    puts(text);
    rc = joining_print(desk.config, text, err);
    explicit_bzero(text, sizeof text);
    return rc;
}

static int run_add(int argc, char **argv);

static const struct command token_add = {
    .name = "token add",
    .arguments = "--host NAME|'*' --role bark|read|shepherd [OPTIONS]",
    .summary = "make a token, and print it once",
    .options = add_rows,
    .run = run_add,
};

/* ---- list ---- */

struct listing {
    const char *conf;
    bool is_json;
};

static const struct option_row list_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct listing, conf),
     "the configuration; else it is looked for"},
    {0, "json", NULL, OPTION_FLAG, offsetof(struct listing, is_json), "as JSON"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static void put_time(struct strbuf *json, const char *name, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_utc(time, text);
    json_field_text(json, name, time > 0 ? text : NULL);
}

static int put_json(const struct token_row *token, void *context)
{
    struct strbuf *json = context;
    json_comma(json);
    json_open(json, '{');
    json_field_number(json, "number", token->number);
    json_field_text(json, "role", role_name(token->role));
    json_field_text(json, "host", token->host);
    put_time(json, "made", token->made);
    put_time(json, "expires", token->expires);
    json_close(json, '}');
    return 0;
}

static int put_line(const struct token_row *token, void *context)
{
    struct strbuf *lines = context;
    char made[CLOCK_TEXT_SIZE], expires[CLOCK_TEXT_SIZE] = "never";
    clock_format_local(token->made, CLOCK_MINUTES, made);
    if (token->expires > 0)
        clock_format_local(token->expires, CLOCK_MINUTES, expires);
    bool has_expired = token->expires > 0 && token->expires <= clock_now();
    strbuf_printf(lines, "%6lld  %-8s  %-16s  %-16s  %s%s\n", (long long)token->number,
                  role_name(token->role), made, expires, token->host,
                  has_expired ? "  (expired)" : "");
    return 0;
}

static int say_none(struct store *store, struct error *err)
{
    bool had_any;
    int rc = store_had_tokens(store, &had_any, err);
    if (rc == 0)
        admin_say(had_any ? "all tokens are revoked: nobody may come in"
                          : "there are no tokens: whoever is on this machine may come "
                            "in");
    return rc;
}

static int list_tokens(const struct listing *listing, struct error *err)
{
    AUTO(desk) struct desk desk = {0};
    AUTO(strbuf) struct strbuf text = {0};
    int rc = desk_open(listing->conf, &desk, err);
    if (rc < 0)
        return rc;
    if (listing->is_json)
        json_open(&text, '[');
    rc = store_each_token(desk.store, listing->is_json ? put_json : put_line, &text,
                          err);
    if (rc < 0)
        return rc;
    if (listing->is_json) {
        json_close(&text, ']');
        puts(text.data);
    } else if (text.size == 0) {
        rc = say_none(desk.store, err);
    } else {
        printf("%6s  %-8s  %-16s  %-16s  %s\n%s", "NUMBER", "ROLE", "MADE", "EXPIRES",
               "HOST", text.data);
    }
    return rc;
}

static int run_list(int argc, char **argv);

static const struct command token_list = {
    .name = "token list",
    .arguments = "[OPTIONS]",
    .summary = "the tokens that are not revoked; what they say themselves is kept "
               "nowhere",
    .options = list_rows,
    .run = run_list,
};

/* ---- revoke ---- */

struct revoking {
    const char *conf;
};

static const struct option_row revoke_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, offsetof(struct revoking, conf),
     "the configuration; else it is looked for"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

static int revoke_in(struct store *store, int64_t number, struct error *err)
{
    int rc = store_begin(store, err);
    if (rc < 0)
        return rc;
    rc = store_revoke_token(store, number, err);
    if (rc == 0)
        return store_commit(store, err);
    store_rollback(store);
    return rc;
}

static int revoke_token(const struct revoking *revoking, int64_t number,
                        struct error *err)
{
    AUTO(desk) struct desk desk = {0};
    int count = 1;
    int rc = desk_open(revoking->conf, &desk, err);
    if (rc == 0)
        rc = revoke_in(desk.store, number, err);
    if (rc == -ENOENT && desk.store)
        return error_set(
            err, rc, "no token has the number %lld; see " ADMIN_PROGRAM " token list",
            (long long)number);
    if (rc == 0)
        rc = count_tokens(desk.store, &count, err);
    if (rc < 0)
        return rc;
    admin_say("token %lld is revoked; a daemon that runs knows it within a second%s",
              (long long)number,
              count > 0 ? ""
                        : "; it was the last: nobody comes in until another is "
                          "made");
    return 0;
}

static int run_revoke(int argc, char **argv);

static const struct command token_revoke = {
    .name = "token revoke",
    .arguments = "[OPTIONS] NUMBER",
    .summary = "a token lets nobody in any more",
    .options = revoke_rows,
    .run = run_revoke,
};

/* ---- the calls ---- */

static int run_add(int argc, char **argv)
{
    struct adding adding = {0};
    struct token_row row = {0};
    struct error why;
    struct words words;
    int status = admin_read_options(&token_add, argc, argv, &adding, &words);
    if (status >= 0)
        return status;
    if (words.count > 0)
        return admin_refuse(&token_add, "expected options alone");
    if (read_adding(&adding, &row, &why) < 0)
        return admin_refuse(&token_add, why.text);
    return add_token(&adding, &row, &why) < 0 ? admin_fail(&why) : EXIT_OK;
}

static int run_list(int argc, char **argv)
{
    struct listing listing = {0};
    struct error why;
    struct words words;
    int status = admin_read_options(&token_list, argc, argv, &listing, &words);
    if (status >= 0)
        return status;
    if (words.count > 0)
        return admin_refuse(&token_list, "expected options alone");
    return list_tokens(&listing, &why) < 0 ? admin_fail(&why) : EXIT_OK;
}

static int run_revoke(int argc, char **argv)
{
    struct revoking revoking = {0};
    struct error why;
    struct words words;
    int status = admin_read_options(&token_revoke, argc, argv, &revoking, &words);
    if (status >= 0)
        return status;
    char *end = "";
    long long number = words.count > 0 ? strtoll(words.items[0], &end, 10) : 0;
    if (words.count != 1 || *end || number < 1)
        return admin_refuse(&token_revoke, "expected the number of one token");
    return revoke_token(&revoking, number, &why) < 0 ? admin_fail(&why) : EXIT_OK;
}

static const struct command *const actions[] = {&token_add, &token_list, &token_revoke,
                                                NULL};

static int run(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] != '-')
        return admin_dispatch(actions, "action of token", argc - 1, argv + 1);
    bool is_help =
        argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (!is_help)
        return admin_refuse(&admin_token, "expected add, list or revoke");
    puts("usage: " ADMIN_PROGRAM " token add|list|revoke [OPTIONS]\n");
    admin_print_list(actions);
    return EXIT_OK;
}

const struct command admin_token = {
    .name = "token",
    .arguments = "add|list|revoke [OPTIONS]",
    .summary = "who may come in: make a token, list them, revoke one",
    .run = run,
};
