// SPDX-License-Identifier: GPL-3.0-or-later
/* join - asks the server who the token says that we are, and writes the configuration
 * only when the answer is good. */
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bark/self.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/say.h"
#include "command/options.h"
#include "config/config.h"
#include "config/edit.h"
#include "look/fetch.h"
#include "look/look.h"
#include "look/screen.h"
#include "queue/http.h"

#define VARIABLE   "SHEEPDOG_TOKEN"
#define TOKEN_MAX  4096      /* bytes on stdin */
#define CONFIG_MAX (1 << 20) /* bytes of a configuration */

struct join_options {
    const char *conf, *pin, *ca, *token;
};

#define AT(member) offsetof(struct join_options, member)

static const struct option_row join_rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf), "the configuration to write"},
    {0, "pin", "PIN", OPTION_TEXT, AT(pin),
     "the server's key, sha256//BASE64: no other is trusted"},
    {0, "ca", "FILE", OPTION_TEXT, AT(ca),
     "certificates to trust instead of the system's"},
    {0, "token", "TOKEN", OPTION_TEXT, AT(token),
     "what the server knows us by; - reads it from stdin; else $" VARIABLE},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* ---- the call ---- */

static int read_stdin(char **ret, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = files_read_fd(STDIN_FILENO, TOKEN_MAX, &text, err);
    if (rc < 0)
        return error_prefix(err, rc, "the token on stdin");
    *ret = strbuf_take(&text);
    (*ret)[strcspn(*ret, "\r\n")] = '\0';
    return 0;
}

/* `sheepdog` has moved a token of the command line into the environment. */
static int read_token(const struct join_options *options, char **ret, struct error *err)
{
    char *handed = getenv(VARIABLE);
    int rc = 0;
    AUTO(str) char *token = NULL;
    if (options->token && strcmp(options->token, "-") == 0)
        rc = read_stdin(&token, err);
    else if (options->token || handed)
        token = text_copy(options->token ? options->token : handed);
    if (handed)
        explicit_bzero(handed, strlen(handed));
    if (rc < 0)
        return rc;
    if (!token || !*token)
        return error_set(err, -EINVAL, "the token is missing: --token TOKEN");
    *ret = TAKE(token);
    return 0;
}

static void set_text(char **setting, const char *text)
{
    free(*setting);
    *setting = text_copy(text);
}

/* The configuration as it is, with what the call says of the server instead of what it
 * says. */
static int make_config(const char *path, const struct join_options *options,
                       char **token, struct config **ret, struct error *err)
{
    AUTO(config) struct config *config = NULL;
    int rc = config_load(path, &config, err);
    if (rc == -ENOENT)
        config = config_new();
    else if (rc < 0)
        return rc;
    char ca[PATH_MAX];
    if (options->ca && !realpath(options->ca, ca))
        return error_set(err, -errno, "%s: %s", options->ca, strerror(errno));
    set_text(&config->pin, options->pin ? options->pin : "");
    set_text(&config->ca, options->ca ? ca : "");
    free(config->token);
    config->token = TAKE(*token);
    *ret = TAKE(config);
    return 0;
}

/* Root's is for the whole machine. */
static int find_place(const char *named, char **ret, struct error *err)
{
    const char *home = getenv("HOME");
    if (named) {
        *ret = text_copy(named);
    } else if (geteuid() == 0) {
        *ret = text_copy("/etc/sheepdog/sheepdog.conf");
    } else if (home && *home) {
        *ret = text_format("%s/.config/sheepdog/sheepdog.conf", home);
    } else {
        return error_set(err, -ENOENT, "HOME is not set; say where to write: -c FILE");
    }
    return 0;
}

/* ---- the question ---- */

/* What may be done with a token; NULL: no role of ours. */
static const char *describe_role(const char *role)
{
    static const struct {
        const char *role, *may;
    } roles[] = {
        {"bark", "send messages"},
        {"read", "see what the server holds"},
        {"shepherd", "see and change what the server holds, and send messages"},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i].role, role) == 0)
            return roles[i].may;
    return NULL;
}

/* A bark that names another host than its token is refused: better now than then. */
static int check_host(const char *url, const char *host, struct error *err)
{
    AUTO(str) char *own = self_host();
    if (strcmp(host, "*") == 0 || strcmp(host, own) == 0)
        return 0;
    return error_set(err, -EPERM,
                     "%s: this token speaks for the host %s, and this one calls itself "
                     "%s; on the server: sheepdog-queue-daemon token add --host %s "
                     "--role bark",
                     url, host, own, own);
}

static int fail_stranger(const struct http *http, struct error *err)
{
    return error_set(
        err, -EPROTO,
        "%s: what answers there is no sheepdog-queue-daemon, or an old one",
        http_url(http));
}

static int check_answer(const struct http *http, const json_t *answer,
                        struct error *err)
{
    const char *url = http_url(http);
    const char *may = describe_role(fetched_text(answer, "role"));
    const char *host = fetched_text(answer, "host");
    if (!may || !*host)
        return fail_stranger(http, err);
    int rc = check_host(url, host, err);
    if (rc < 0)
        return rc;
    AUTO(strbuf) struct strbuf line = {0};
    screen_add_line(&line, host, strlen(host));
    printf("%s knows the token: it speaks for %s, and may %s\n", url,
           strcmp(host, "*") == 0 ? "any host" : strbuf_text(&line), may);
    return 0;
}

static int try_server(const struct config *config, const char *url, char **ret_url,
                      struct error *err)
{
    AUTO(http) struct http *http = NULL;
    json_auto_t *answer = NULL;
    int rc = http_open(config, url, &http, err);
    if (rc == 0)
        rc = fetch_get(http, "/v1/token", &answer, err);
    if (rc == -ENOENT)
        return fail_stranger(http, err);
    if (rc == 0)
        rc = check_answer(http, answer, err);
    if (rc == 0)
        *ret_url = text_copy(http_url(http));
    return rc;
}

/* ---- the file ---- */

static const char *or_none(const char *text)
{
    return *text ? text : NULL;
}

/* Of one that is there owner, group and mode stay: a server that became another user
 * goes on reading it. */
static int put_file(const char *path, const char *like, const struct strbuf *text,
                    struct error *err)
{
    AUTO(str) char *folder = text_copy(path);
    char *slash = strrchr(folder, '/');
    const char *name = slash ? slash + 1 : path;
    if (slash)
        *slash = '\0';
    const char *where = !slash ? "." : slash == folder ? "/" : folder;
    int rc = files_make_folder(where, 0755, err);
    return rc < 0
               ? rc
               : files_put_like(where, name, like, strbuf_text(text), text->size, err);
}

/* What was there is kept beside it. */
static int write_config(const char *path, const struct config *config, const char *url,
                        struct error *err)
{
    const struct config_change changes[] = {{"queue", url},
                                            {"pin", or_none(config->pin)},
                                            {"ca", or_none(config->ca)},
                                            {"token", config->token},
                                            {NULL, NULL}};
    AUTO(strbuf) struct strbuf before = {0};
    AUTO(strbuf) struct strbuf after = {0};
    AUTO(str) char *old = text_format("%s.old", path);
    int rc = files_read(path, CONFIG_MAX, &before, err);
    bool is_new = rc == -ENOENT;
    if (is_new)
        strbuf_puts(&after, "; written by sheepdog join; see sheepdog.conf(5)\n");
    else if (rc == 0)
        rc = put_file(old, path, &before, err);
    if (rc == 0 || is_new)
        rc = config_edit(strbuf_text(&before), before.size, changes, &after, err);
    if (rc == 0)
        rc = put_file(path, path, &after, err);
    if (rc < 0)
        return rc;
    printf("%s is written: queue, %stoken%s%s\n", path,
           *config->pin  ? "pin, "
           : *config->ca ? "ca, "
                         : "",
           is_new ? "" : "; what was there is in ", is_new ? "" : old);
    return 0;
}

/* Another file may be read in its place. */
static void say_what_is_next(const char *path, const char *named)
{
    AUTO(str) char *read = NULL;
    if (!named && config_find(NULL, &read, NULL) == 0 && strcmp(read, path) != 0)
        say("join: %s is read before it: take it away, or write that one with -c",
            read);
    printf("to try it: sheepdog bark%s%s --tag hello --status ok \"it works\"\n",
           named ? " -c " : "", named ? named : "");
}

static int join(const struct join_options *options, const char *given, char **token,
                struct error *err)
{
    AUTO(str) char *path = NULL;
    AUTO(str) char *url = NULL;
    AUTO(config) struct config *config = NULL;
    char real[PATH_MAX];
    int rc = find_place(options->conf, &path, err);
    if (rc == 0 && realpath(path, real))
        set_text(&path, real);
    if (rc == 0)
        rc = make_config(path, options, token, &config, err);
    if (rc == 0)
        rc = try_server(config, given, &url, err);
    if (rc == 0)
        rc = write_config(path, config, url, err);
    if (rc == 0)
        say_what_is_next(path, options->conf);
    return rc;
}

static int run(int argc, char **argv)
{
    struct join_options options = {0};
    struct error err;
    const char *url;
    AUTO(str) char *token = NULL;
    int exit_status = look_begin(&look_join, argc, argv, &options, &url);
    if (exit_status >= 0)
        return exit_status;
    int rc = read_token(&options, &token, &err);
    if (rc == 0 && options.pin && options.ca)
        rc = error_set(&err, -EINVAL, "--pin and --ca exclude each other");
    if (rc < 0)
        return look_refuse(&look_join, &err);
    if (join(&options, url, &token, &err) == 0)
        return EXIT_OK;
    say("join: %s; nothing is written", err.text);
    return EXIT_FAILED;
}

const struct command look_join = {
    .name = "join",
    .arguments = "URL [--pin PIN | --ca FILE] --token TOKEN",
    .summary = "make a server known to this machine, and try whether it works",
    .options = join_rows,
    .run = run,
};
