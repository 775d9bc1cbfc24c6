// SPDX-License-Identifier: GPL-3.0-or-later
/* init - makes of a machine a server that others can reach: a key and a certificate, a
 * configuration that names them, the first token. What is there already stays as it
 * is. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/certificate.h"
#include "admin/joining.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"
#include "command/options.h"

struct call {
    const char *conf, *store;
    struct texts names;
};

#define AT(member) offsetof(struct call, member)

static const struct option_row rows[] = {
    {'c', "conf", "FILE", OPTION_TEXT, AT(conf),
     "the configuration; else /etc/sheepdog/sheepdog.conf, or for others "
     "~/.config/sheepdog/sheepdog.conf"},
    {0, "name", "NAME", OPTION_TEXTS, AT(names),
     "a name or an address that machines reach this one by; may be repeated"},
    {0, "store", "FILE", OPTION_TEXT, AT(store),
     "the database, for a new configuration; else /var/lib/sheepdog/sheepdog.db, or "
     "root's not: ~/.local/state/sheepdog/sheepdog.db"},
    {0, NULL, NULL, OPTION_FLAG, 0, NULL},
};

/* What is being set up. */
struct setting_up {
    const struct call *call;
    char *path; /* of the configuration */
    bool is_there;
    struct config *config; /* as it is, or will be */
    struct identity identity;
    struct store *store;
};

static void setting_up_clear(struct setting_up *up)
{
    free(up->path);
    config_free(up->config);
    identity_clear(&up->identity);
    store_close(up->store);
}
AUTO_DEFINE_CLEAR(setting_up)

static void set_text(char **setting, char *text)
{
    free(*setting);
    *setting = text;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return text_copy(".");
    return slash == path ? text_copy("/") : memory_copy(path, (size_t)(slash - path));
}

/* ---- files that nobody has yet ---- */

/* Never overwrites. */
static int put_new(const char *path, const struct strbuf *text, mode_t mode,
                   const struct identity *owner, struct error *err)
{
    AUTO(fd)
    int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)0600);
    int rc = fd < 0 ? -errno : files_write_all(fd, strbuf_text(text), text->size);
    if (rc == 0 && owner->name && fchown(fd, owner->uid, owner->gid) < 0)
        rc = -errno;
    if (rc == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0))
        rc = -errno;
    return rc < 0 ? error_set(err, rc, "%s: %s", path, strerror(-rc)) : 0;
}

/* ---- the configuration ---- */

static int find_path(const struct call *call, char **ret, struct error *err)
{
    const char *home = getenv("HOME");
    if (config_find(call->conf, ret, NULL) == 0)
        return 0;
    if (geteuid() == 0)
        *ret = text_copy("/etc/sheepdog/sheepdog.conf");
    else if (home && *home)
        *ret = text_format("%s/.config/sheepdog/sheepdog.conf", home);
    else
        return error_set(err, -ENOENT, "HOME is not set; say where to write: -c FILE");
    return 0;
}

/* Who is not root has no /var/lib. */
static void plan_config(struct setting_up *up)
{
    const char *home = getenv("HOME");
    up->config = config_new();
    set_text(&up->config->listen, text_copy("0.0.0.0"));
    if (up->call->store)
        set_text(&up->config->store, text_copy(up->call->store));
    else if (geteuid() != 0 && home)
        set_text(&up->config->store,
                 text_format("%s/.local/state/sheepdog/sheepdog.db", home));
}

static void plan_tls(struct setting_up *up)
{
    struct config *config = up->config;
    AUTO(str) char *folder = folder_of(up->path);
    AUTO(str) char *real = realpath(folder, NULL);
    const char *at = real ? real : folder;
    if (config->tls_certificate[0] || config->tls_key[0])
        return;
    set_text(&config->tls_certificate, text_format("%s/tls/server.pem", at));
    set_text(&config->tls_key, text_format("%s/tls/server.key", at));
}

static int plan(struct setting_up *up, struct error *err)
{
    int rc = find_path(up->call, &up->path, err);
    if (rc < 0)
        return rc;
    up->is_there = access(up->path, F_OK) == 0;
    if (up->is_there)
        rc = config_load(up->path, &up->config, err);
    else
        plan_config(up);
    if (rc == 0)
        rc = privileges_find(up->config->user, &up->identity, err);
    return rc;
}

static void put_settings(const struct config *config, struct strbuf *text)
{
    strbuf_printf(text,
                  "(listen \"%s\")\n"
                  "(tls (certificate \"%s\")\n"
                  "     (key \"%s\"))\n",
                  config->listen, config->tls_certificate, config->tls_key);
}

/* The programs on the server itself come in by the same door. */
static int put_config(struct setting_up *up, struct error *err)
{
    const struct config *config = up->config;
    AUTO(certificate) struct certificate found = {0};
    AUTO(strbuf) struct strbuf text = {0};
    AUTO(str) char *folder = folder_of(up->path);
    struct identity group = up->identity; /* reads it, and does not own it */
    group.uid = 0;
    int rc = certificate_read(config->tls_certificate, &found, err);
    if (rc == 0)
        rc = files_make_folder(folder, 0755, err);
    if (rc < 0)
        return rc;
    strbuf_puts(&text, "; The server; written by " ADMIN_PROGRAM " init. All settings: "
                       "sheepdog.conf(5).\n\n");
    put_settings(config, &text);
    strbuf_printf(
        &text,
        "(store \"%s\")\n"
        "; (mailto \"shepherd@example.org\")   ; who is told; nobody is yet\n\n"
        "; the same door, for the programs on this machine\n"
        "(queue \"https://localhost:%lld\")\n"
        "(pin \"%s\")\n",
        config->store, (long long)config->port, found.pin);
    rc = put_new(up->path, &text, up->identity.name ? 0640 : 0600, &group, err);
    if (rc == 0)
        admin_say("%s: made; say in it who is told: (mailto \"…\")", up->path);
    return rc;
}

static void say_what_is_missing(const struct setting_up *up, const char *listen,
                                bool has_tls)
{
    const struct config *config = up->config;
    bool is_near = strcmp(listen, "localhost") == 0 ||
                   strncmp(listen, "127.", 4) == 0 || strcmp(listen, "::1") == 0;
    if (has_tls && !is_near) {
        admin_say("%s: is there, and has what it takes", up->path);
        return;
    }
    admin_say("%s: is there; add these lines to it:", up->path);
    if (is_near)
        fputs("(listen \"0.0.0.0\")\n", stderr);
    if (!has_tls)
        fprintf(stderr, "(tls (certificate \"%s\")\n     (key \"%s\"))\n",
                config->tls_certificate, config->tls_key);
}

/* ---- the key ---- */

static int add_own_names(struct texts *names)
{
    char host[MESSAGE_NAME_MAX + 1] = "";
    struct addrinfo hints = {.ai_flags = AI_CANONNAME}, *found = NULL;
    if (gethostname(host, sizeof host - 1) < 0 || !*host)
        return 0;
    bool is_found = getaddrinfo(host, NULL, &hints, &found) == 0;
    if (is_found && found->ai_canonname && strchr(found->ai_canonname, '.') &&
        strcmp(found->ai_canonname, host) != 0)
        texts_add(names, found->ai_canonname);
    if (is_found)
        freeaddrinfo(found);
    texts_add(names, host);
    return 0;
}

static void collect_names(const struct call *call, struct texts *ret)
{
    for (size_t i = 0; i < call->names.count; i++)
        texts_add(ret, call->names.items[i]);
    add_own_names(ret);
    texts_add(ret, "localhost");
    texts_add(ret, "127.0.0.1");
    texts_add(ret, "::1");
}

static int make_tls(const struct setting_up *up, struct error *err)
{
    static const struct identity nobody = {0};
    const struct config *config = up->config;
    AUTO(texts) struct texts names = {0};
    AUTO(strbuf) struct strbuf certificate = {0};
    AUTO(strbuf) struct strbuf key = {0};
    AUTO(str) char *folder = folder_of(config->tls_key);
    collect_names(up->call, &names);
    int rc = certificate_make(&names, clock_now(), &certificate, &key, err);
    if (rc == 0)
        rc = files_make_folder(folder, 0755, err);
    if (rc == 0)
        rc = put_new(config->tls_key, &key, 0600, &up->identity, err);
    if (rc == 0)
        rc = put_new(config->tls_certificate, &certificate, 0644, &nobody, err);
    if (key.data)
        explicit_bzero(key.data, key.size);
    if (rc == 0)
        admin_say("%s, %s: made, for %s and %zu other names", config->tls_certificate,
                  config->tls_key, names.items[0], names.count - 1);
    return rc;
}

static int have_tls(const struct setting_up *up, struct error *err)
{
    const struct config *config = up->config;
    bool has_certificate = access(config->tls_certificate, F_OK) == 0;
    bool has_key = access(config->tls_key, F_OK) == 0;
    if (!has_certificate && !has_key)
        return make_tls(up, err);
    if (!has_certificate || !has_key)
        return error_set(err, -ENOENT,
                         "%s is there, and %s is not; it is not made to fit: take the "
                         "one away, or bring the other back",
                         has_key ? config->tls_key : config->tls_certificate,
                         has_key ? config->tls_certificate : config->tls_key);
    admin_say("%s, %s: are there, and stay", config->tls_certificate, config->tls_key);
    return 0;
}

/* ---- the token ---- */

static int count_token(const struct token_row *token UNUSED, void *context)
{
    ++*(int *)context;
    return 0;
}

/* We are the user who keeps the store from here on. */
static int have_token(struct setting_up *up, struct error *err)
{
    const struct token_row shepherd = {
        .host = "*", .role = ROLE_SHEPHERD, .made = clock_now()};
    char token[TOKEN_TEXT_SIZE];
    int64_t number;
    int count = 0;
    int rc = admin_open_store(up->config, &up->store, err);
    if (rc == 0)
        rc = store_each_token(up->store, count_token, &count, err);
    if (rc < 0)
        return rc;
    if (count > 0) {
        admin_say("a token is there, and what it says is kept nowhere; for "
                  "another: " ADMIN_PROGRAM " token add");
        return joining_print(up->config, NULL, err);
    }
    rc = joining_make_token(up->store, &shepherd, token, &number, err);
    if (rc == 0) {
        admin_say("the shepherd's token is made and shown this once; run this on the "
                  "machine that you look from:");
        rc = joining_print(up->config, token, err);
    }
    explicit_bzero(token, sizeof token);
    return rc;
}

static int init(const struct call *call, struct error *err)
{
    AUTO(setting_up) struct setting_up up = {.call = call};
    int rc = plan(&up, err);
    if (rc < 0)
        return rc;
    AUTO(str) char *listen = text_copy(up.config->listen);
    bool has_tls = up.config->tls_certificate[0] && up.config->tls_key[0];
    plan_tls(&up);
    rc = have_tls(&up, err);
    if (rc == 0 && up.is_there)
        say_what_is_missing(&up, listen, has_tls);
    else if (rc == 0)
        rc = put_config(&up, err);
    return rc < 0 ? rc : have_token(&up, err);
}

static int run(int argc, char **argv)
{
    struct call call = {0};
    struct error why;
    struct words words;
    int status = admin_read_options(&admin_init, argc, argv, &call, &words);
    if (status < 0 && words.count > 0)
        status = admin_refuse(&admin_init, "expected options alone");
    if (status < 0)
        status = init(&call, &why) < 0 ? admin_fail(&why) : EXIT_OK;
    texts_clear(&call.names);
    return status;
}

const struct command admin_init = {
    .name = "init",
    .arguments = "[-c FILE] [--name NAME …] [--store FILE]",
    .summary = "make a key, a certificate, a configuration and the first token",
    .options = rows,
    .run = run,
};
