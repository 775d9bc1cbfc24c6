// SPDX-License-Identifier: GPL-3.0-or-later
/* config - one table of settings; reading is walking the file along it. */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/memory.h"
#include "base/suggest.h"
#include "base/units.h"
#include "config/sexp.h"

#define FILE_SIZE_MAX (1 << 20)
#define KNOWN_MAX     64
#define COUNT_MAX     1000000

#define AT(member) offsetof(struct config, member)

const struct config_setting config_settings[] = {
    {NULL, "queue", CONFIG_QUEUE, AT(queue), NULL,
     "where barks go: \"https://HOST:PORT\", \"redis://HOST\", \"amqp://HOST\", or "
     "(sheepdog-ruby \"redis://HOST\" \"KEY\"); default: http:// to host and port"},
    {NULL, "host", CONFIG_TEXT, AT(host), "localhost",
     "the machine that the queue daemon runs on"},
    {NULL, "port", CONFIG_PORT, AT(port), "7777", "the port of its door"},
    {NULL, "token", CONFIG_TEXT, AT(token), "",
     "what the server knows us by; sheepdog join writes it"},
    {NULL, "ca", CONFIG_TEXT, AT(ca), "",
     "a file of certificates to trust instead of the system's"},
    {NULL, "pin", CONFIG_TEXT, AT(pin), "",
     "the server's key, \"sha256//BASE64\": no other is trusted"},
    {NULL, "redact", CONFIG_PATTERNS, AT(redact), NULL,
     "what stands as [redacted] in command and output: extended regular expressions"},
    {NULL, "mailto", CONFIG_TEXT, AT(mailto), "",
     "whom to tell: on the server of everything, on a machine of its own messages"},
    {NULL, "patience", CONFIG_DURATION, AT(patience), "5s",
     "how long a run that ended may try to deliver"},
    {"spool", "folder", CONFIG_TEXT, AT(spool_folder), "",
     "where messages wait; default: /var/spool/sheepdog for root, else "
     "~/.local/state/sheepdog/spool"},
    {"spool", "limit", CONFIG_SIZE, AT(spool_limit), "64M",
     "how large it may grow before messages are given up, the good ones first"},
    {"alone", "after", CONFIG_DURATION, AT(alone_after), "1h",
     "how long no message may be taken until this machine mails by itself"},
    {"alone", "mailto", CONFIG_TEXT, AT(alone_mailto), "", "whom; default: nobody"},
    {NULL, "listen", CONFIG_TEXT, AT(listen), "127.0.0.1",
     "the address of the door; beyond loopback it needs tokens and TLS"},
    {NULL, "read", CONFIG_QUEUES, AT(read), NULL,
     "further queues to handle, written as for queue"},
    {NULL, "claim-after", CONFIG_DURATION, AT(claim_after), "1min",
     "how long what a handler took from Redis waits until another one takes it over"},
    {"tls", "certificate", CONFIG_TEXT, AT(tls_certificate), "",
     "the door's certificate and those that vouch for it, PEM"},
    {"tls", "key", CONFIG_TEXT, AT(tls_key), "", "its private key, PEM"},
    {NULL, "cleartext", CONFIG_FLAG, AT(cleartext), "#f",
     "listen beyond loopback without tokens or TLS all the same"},
    {NULL, "user", CONFIG_TEXT, AT(user), "",
     "whom the server becomes when root starts it; default: sheepdog, where there is "
     "such a user"},
    {"limits", "connections", CONFIG_COUNT, AT(limit_connections), "200",
     "open connections of one client's address"},
    {"limits", "requests", CONFIG_COUNT, AT(limit_requests), "1000",
     "requests of one token in a second"},
    {NULL, "store", CONFIG_TEXT, AT(store), "/var/lib/sheepdog/sheepdog.db",
     "the database"},
    {NULL, "zone", CONFIG_TEXT, AT(zone), "",
     "the herd's time zone, for mail and log; default: the machine's"},
    {NULL, "log", CONFIG_TEXT, AT(log), "",
     "the file that gets a line for each change of state; default: stderr"},
    {NULL, "allow-mailto", CONFIG_TEXTS, AT(allow_mailto), NULL,
     "addresses that a message may ask to be told, as patterns: \"*@example.org\""},
    {NULL, "settle", CONFIG_DURATION, AT(settle), "30s",
     "how long no more of a host's backlog must come until what it changed is told; 0: "
     "at once"},
    {NULL, "mail-from", CONFIG_TEXT, AT(mail_from), "",
     "the sender of mail; default: sheepdog@ and the host's name"},
    {"smtp", "url", CONFIG_TEXT, AT(smtp_url), "smtp://localhost:25",
     "the mail server: smtp://HOST:PORT or smtps://HOST:PORT"},
    {"smtp", "user", CONFIG_TEXT, AT(smtp_user), "", "the name to log in with"},
    {"smtp", "password", CONFIG_TEXT, AT(smtp_password), "", "its password"},
    {"smtp", "starttls", CONFIG_FLAG, AT(smtp_starttls), "#f",
     "demand STARTTLS; without it, used where the server is not on loopback"},
    {"smtp", "ca", CONFIG_TEXT, AT(smtp_ca), "",
     "a file of certificates to trust instead of the system's"},
    {"keep", "messages", CONFIG_DURATION, AT(keep_messages), "1y",
     "how long messages are kept"},
    {"keep", "output", CONFIG_DURATION, AT(keep_output), "90d",
     "how long stdout and stderr are kept with them"},
    {NULL, NULL, CONFIG_TEXT, 0, NULL, NULL},
};

static void *member(struct config *config, const struct config_setting *setting)
{
    return (char *)config + setting->offset;
}

void texts_clear(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct texts){0};
}

void texts_add(struct texts *texts, const char *text)
{
    texts->items =
        memory_resize(texts->items, (texts->count + 1) * sizeof *texts->items);
    texts->items[texts->count++] = text_copy(text);
}

static void queue_place_clear(struct queue_place *place)
{
    free(place->form);
    free(place->url);
    free(place->key);
    *place = (struct queue_place){0};
}

void queue_places_clear(struct queue_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        queue_place_clear(&places->items[i]);
    free(places->items);
    *places = (struct queue_places){0};
}

static void queue_places_add(struct queue_places *places,
                             const struct queue_place *place)
{
    places->items =
        memory_resize(places->items, (places->count + 1) * sizeof *places->items);
    places->items[places->count++] = *place;
}

static int count_parse(const char *text, int64_t *ret, struct error *err)
{
    char *end;
    long long value = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > COUNT_MAX)
        return error_set(err, -EINVAL, "\"%.40s\": expected a number from 1 to %d",
                         text, COUNT_MAX);
    *ret = value;
    return 0;
}

/* The pattern is not quoted: it may be the secret itself. */
static int pattern_check(const char *text, struct error *err)
{
    regex_t pattern;
    int rc = regcomp(&pattern, text, REG_EXTENDED | REG_NOSUB);
    if (rc != 0) {
        char why[128];
        regerror(rc, &pattern, why, sizeof why);
        return error_set(err, -EINVAL, "no extended regular expression: %s", why);
    }
    regfree(&pattern);
    return 0;
}

static int port_parse(const char *text, int64_t *ret, struct error *err)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < 1 || value > 65535)
        return error_set(err, -EINVAL,
                         "\"%.40s\" is no port; expected a number from 1 to 65535",
                         text);
    *ret = value;
    return 0;
}

static bool is_texts(enum config_type type)
{
    return type == CONFIG_TEXTS || type == CONFIG_PATTERNS;
}

static int set_value(struct config *config, const struct config_setting *setting,
                     const char *text, struct error *err)
{
    void *to = member(config, setting);
    switch (setting->type) {
    case CONFIG_TEXT:
        free(*(char **)to);
        *(char **)to = text_copy(text);
        return 0;
    case CONFIG_TEXTS:
    case CONFIG_PATTERNS:
        texts_add(to, text);
        return setting->type == CONFIG_PATTERNS ? pattern_check(text, err) : 0;
    case CONFIG_QUEUE:
    case CONFIG_QUEUES:
        queue_places_add(to, &(struct queue_place){.url = text_copy(text)});
        return 0;
    case CONFIG_PORT:
        return port_parse(text, to, err);
    case CONFIG_COUNT:
        return count_parse(text, to, err);
    case CONFIG_SIZE:
        return size_parse(text, to, err);
    case CONFIG_DURATION:
        return duration_parse(text, to, err);
    case CONFIG_FLAG:
        *(bool *)to = strcmp(text, "#t") == 0;
        return 0;
    }
    return 0;
}

struct config *config_new(void)
{
    struct config *config = memory_new(sizeof *config);
    for (const struct config_setting *setting = config_settings; setting->name;
         setting++)
        if (setting->fallback &&
            set_value(config, setting, setting->fallback, NULL) < 0)
            abort();
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (const struct config_setting *setting = config_settings; setting->name;
         setting++)
        if (setting->type == CONFIG_TEXT)
            free(*(char **)member(config, setting));
        else if (is_texts(setting->type))
            texts_clear(member(config, setting));
        else if (setting->type == CONFIG_QUEUE || setting->type == CONFIG_QUEUES)
            queue_places_clear(member(config, setting));
    free(config->path);
    free(config);
}

/* Where in which file, for the errors of one reading. */
struct place {
    const char *path;
    struct error *err;
};

static int fail(const struct place *place, const struct sexp *sexp, const char *what)
{
    return error_set(place->err, -EINVAL, "%s:%d:%d: %s", place->path, sexp->line,
                     sexp->column, what);
}

static bool is_in_section(const struct config_setting *setting, const char *section)
{
    if (!section || !setting->section)
        return section == setting->section;
    return strcmp(section, setting->section) == 0;
}

static const struct config_setting *setting_find(const char *section, const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (is_in_section(setting, section) && strcmp(setting->name, name) == 0)
            return setting;
    return NULL;
}

static bool is_section(const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (setting->section && strcmp(setting->section, name) == 0)
            return true;
    return false;
}

/* The section that has a setting of that name, or NULL. */
static const char *section_with(const char *name)
{
    const struct config_setting *setting = config_settings;
    for (; setting->name; setting++)
        if (setting->section && strcmp(setting->name, name) == 0)
            return setting->section;
    return NULL;
}

/* "; did you mean host?", "; it stands within (smtp …)", or "" */
static const char *hint_unknown(const char *name, const char *section, char ret[],
                                size_t size)
{
    const char *known[KNOWN_MAX + 1] = {section ? NULL : "config"};
    size_t count = section ? 0 : 1;
    const struct config_setting *setting = config_settings;
    for (; setting->name && count < KNOWN_MAX; setting++) {
        if (is_in_section(setting, section))
            known[count++] = setting->name;
        else if (!section && setting->section)
            known[count++] = setting->section;
    }
    const char *home = section_with(name);
    if (!section && home)
        snprintf(ret, size, "; it stands within (%s …)", home);
    else
        suggest_text(name, known, ret, size);
    return ret;
}

static int fail_unknown(const struct place *place, const struct sexp *name,
                        const char *section)
{
    char hint[80], text[256];
    snprintf(text, sizeof text, "no setting is called \"%.40s\"%s%s%s", name->text,
             section ? " within " : "", section ? section : "",
             hint_unknown(name->text, section, hint, sizeof hint));
    return fail(place, name, text);
}

/* The words for "found X, expected Y" where a value has the wrong type. */
static const char *expected(enum config_type type)
{
    static const char *const words[] = {
        [CONFIG_TEXT] = "a \"string\"",
        [CONFIG_TEXTS] = "\"strings\"",
        [CONFIG_PATTERNS] = "\"regular expressions\"",
        [CONFIG_QUEUE] = "a \"URL\" or (sheepdog-ruby \"URL\" \"KEY\")",
        [CONFIG_QUEUES] = "\"URLs\" or (sheepdog-ruby \"URL\" \"KEY\")",
        [CONFIG_PORT] = "a number from 1 to 65535",
        [CONFIG_COUNT] = "a number",
        [CONFIG_SIZE] = "a size such as \"64M\"",
        [CONFIG_DURATION] = "a duration such as \"5s\" or \"1h30m\"",
        [CONFIG_FLAG] = "#t or #f",
    };
    return words[type];
}

static bool is_queue(enum config_type type)
{
    return type == CONFIG_QUEUE || type == CONFIG_QUEUES;
}

static bool type_fits(enum config_type type, const struct sexp *value)
{
    if (type == CONFIG_FLAG)
        return value->type == SEXP_BOOLEAN;
    if (type == CONFIG_TEXT || is_texts(type) || is_queue(type))
        return value->type == SEXP_STRING;
    return value->type == SEXP_SYMBOL || value->type == SEXP_STRING;
}

/* (sheepdog-ruby "redis://HOST:PORT" "KEY") */
static int read_queue(const struct place *place, struct queue_places *places,
                      const struct sexp *list)
{
    bool is_good = list->count == 3 && list->items[0].type == SEXP_SYMBOL &&
                   strcmp(list->items[0].text, "sheepdog-ruby") == 0 &&
                   list->items[1].type == SEXP_STRING &&
                   list->items[2].type == SEXP_STRING;
    if (!is_good)
        return fail(place, list, "expected (sheepdog-ruby \"URL\" \"KEY\")");
    queue_places_add(places,
                     &(struct queue_place){.form = text_copy(list->items[0].text),
                                           .url = text_copy(list->items[1].text),
                                           .key = text_copy(list->items[2].text)});
    return 0;
}

/* What stands there is not to be read in an error, even where it is written wrongly. */
static bool is_secret(const struct config_setting *setting)
{
    return setting->offset == AT(token) || setting->offset == AT(smtp_password) ||
           setting->type == CONFIG_PATTERNS || is_queue(setting->type);
}

static int read_value(const struct place *place, struct config *config,
                      const struct config_setting *setting, const struct sexp *value)
{
    char found[80], text[256];
    if (is_queue(setting->type) && value->type == SEXP_LIST)
        return read_queue(place, member(config, setting), value);
    if (!type_fits(setting->type, value)) {
        sexp_describe(value, found, sizeof found);
        snprintf(text, sizeof text, "%s: found %s, expected %s", setting->name,
                 is_secret(setting) ? "something else" : found,
                 expected(setting->type));
        return fail(place, value, text);
    }
    int rc = set_value(config, setting, value->text, place->err);
    return rc < 0 ? error_prefix(place->err, rc, "%s:%d:%d: %s", place->path,
                                 value->line, value->column, setting->name)
                  : 0;
}

static int read_setting(const struct place *place, struct config *config,
                        const struct sexp *list, const char *section)
{
    const struct config_setting *setting = setting_find(section, list->items[0].text);
    if (!setting)
        return fail_unknown(place, &list->items[0], section);
    bool takes_many = is_texts(setting->type) || setting->type == CONFIG_QUEUES;
    if (list->count < 2 || (list->count > 2 && !takes_many)) {
        char text[160];
        snprintf(text, sizeof text, "%s: found %zu values, expected %s%s",
                 setting->name, list->count - 1, takes_many ? "" : "one, ",
                 expected(setting->type));
        return fail(place, list, text);
    }
    if (setting->type == CONFIG_QUEUE)
        queue_places_clear(member(config, setting));
    for (size_t i = 1; i < list->count; i++) {
        int rc = read_value(place, config, setting, &list->items[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static bool is_named_list(const struct sexp *sexp)
{
    return sexp->type == SEXP_LIST && sexp->count > 0 &&
           sexp->items[0].type == SEXP_SYMBOL;
}

/* The first setting of the section. */
static const char *first_name(const char *section)
{
    const struct config_setting *setting = config_settings;
    while (!is_in_section(setting, section))
        setting++;
    return setting->name;
}

/* Reads the lists among items[first…]: settings, sections, at the top (config …). */
static int read_lists(const struct place *place, struct config *config,
                      const struct sexp *sexp, size_t first, const char *section)
{
    for (size_t i = first; i < sexp->count; i++) {
        const struct sexp *item = &sexp->items[i];
        char found[80], text[160];
        if (!is_named_list(item)) {
            snprintf(text, sizeof text, "found %s, expected a setting such as (%s …)",
                     sexp_describe(item, found, sizeof found), first_name(section));
            return fail(place, item, text);
        }
        const char *name = item->items[0].text;
        int rc;
        if (!section && strcmp(name, "config") == 0)
            rc = read_lists(place, config, item, 1, NULL);
        else if (!section && is_section(name))
            rc = read_lists(place, config, item, 1, name);
        else
            rc = read_setting(place, config, item, section);
        if (rc < 0)
            return rc;
    }
    return 0;
}

int config_parse(const char *path, const char *text, size_t size, struct config **ret,
                 struct error *err)
{
    AUTO(sexp) struct sexp *top = NULL;
    int rc = sexp_parse(text, size, &top, err);
    if (rc < 0) {
        struct error inner = err ? *err : (struct error){0};
        return error_set(err, rc, "%s:%.900s", path, inner.text);
    }
    AUTO(config) struct config *config = config_new();
    struct place place = {.path = path, .err = err};
    rc = read_lists(&place, config, top, 0, NULL);
    if (rc < 0)
        return rc;
    config->path = text_copy(path);
    *ret = TAKE(config);
    return 0;
}

/* Whoever can write root's configuration could send root's messages elsewhere. */
static int check_writers(const char *path, const struct stat *status, struct error *err)
{
    if (geteuid() != 0)
        return 0;
    if (status->st_uid != 0)
        return error_set(err, -EPERM,
                         "%s: refused: we are root, and user %u owns it; chown root it",
                         path, (unsigned)status->st_uid);
    if (status->st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, -EPERM,
                         "%s: refused: we are root, and others can write it (mode "
                         "%04o); chmod go-w it",
                         path, (unsigned)status->st_mode & 07777);
    return 0;
}

/* As in redis://USER:PASSWORD@HOST. */
static bool have_password(const struct queue_places *places)
{
    for (size_t i = 0; i < places->count; i++)
        if (strchr(places->items[i].url, '@'))
            return true;
    return false;
}

static bool has_secret(const struct config *config)
{
    return config->smtp_password[0] || config->token[0] ||
           have_password(&config->queue) || have_password(&config->read);
}

static int check_readers(const char *path, const struct stat *status,
                         const struct config *config, struct error *err)
{
    if (!has_secret(config) || files_is_private(status))
        return 0;
    return error_set(
        err, -EPERM,
        "%s: refused: it holds a password or a token, and others can read it (mode "
        "%04o); chmod 600 it",
        path, (unsigned)status->st_mode & 07777);
}

int config_load(const char *path, struct config **ret, struct error *err)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    int rc = check_writers(path, &status, err);
    if (rc < 0)
        return rc;

    AUTO(strbuf) struct strbuf text = {0};
    rc = files_read_fd(fd, FILE_SIZE_MAX, &text, err);
    if (rc < 0)
        return error_prefix(err, rc, "%s", path);

    AUTO(config) struct config *config = NULL;
    rc = config_parse(path, strbuf_text(&text), text.size, &config, err);
    if (rc < 0)
        return rc;
    rc = check_readers(path, &status, config, err);
    if (rc < 0)
        return rc;
    *ret = TAKE(config);
    return 0;
}

int config_find(const char *named, char **ret, struct error *err)
{
    const char *wanted = named ? named : getenv("SHEEPDOG_CONF");
    if (wanted && *wanted) {
        *ret = text_copy(wanted);
        return 0;
    }
    const char *home = getenv("HOME");
    bool homeless = !home || !*home;
    AUTO(str) char *plain = text_format("%s/.sheepdog.conf", homeless ? "" : home);
    AUTO(str)
    char *tidy = text_format("%s/.config/sheepdog/sheepdog.conf", homeless ? "" : home);
    const char *const tried[] = {plain, tidy, "/etc/sheepdog/sheepdog.conf"};
    for (size_t i = homeless ? 2 : 0; i < 3; i++)
        if (access(tried[i], F_OK) == 0) {
            *ret = text_copy(tried[i]);
            return 0;
        }
    if (homeless)
        return error_set(err, -ENOENT,
                         "no configuration: HOME is not set, and %s does not exist",
                         tried[2]);
    return error_set(err, -ENOENT, "no configuration: none of %s, %s, %s exists",
                     tried[0], tried[1], tried[2]);
}

int config_open(const char *named, struct config **ret, struct error *err)
{
    AUTO(str) char *path = NULL;
    if (config_find(named, &path, NULL) == 0)
        return config_load(path, ret, err);
    *ret = config_new();
    return 0;
}
