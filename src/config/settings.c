// SPDX-License-Identifier: GPL-3.0-or-later
/* settings - one table of all there are, and how a text becomes the value of one. */
#include "config/settings.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/units.h"
#include "calendar/calendar.h"
#include "config/notifiers.h"

#define COUNT_MAX  1000000000
#define PERIOD_MIN 1000 /* ms */

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
    {NULL, "monitor", CONFIG_MONITORS, AT(monitors), NULL,
     "what the daemon watches: (monitor NAME (KEY VALUE …) …), any number of times, or "
     "(monitor NAME off)"},
    {NULL, "plugins", CONFIG_TEXTS, AT(plugins), NULL,
     "folders of plugins; default: /etc/sheepdog/plugins"},
    {NULL, "beat", CONFIG_PERIOD, AT(beat), "1m",
     "how often the daemon says that it lives, and sends its readings"},
    {"facts", "every", CONFIG_PERIOD, AT(facts_every), "1h",
     "how long until facts are collected although nothing says that they changed"},
    {NULL, "root", CONFIG_TEXT, AT(root), "",
     "a folder put before /proc, /sys, /etc and the like, for tests"},
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
    {NULL, "flood", CONFIG_COUNT, AT(flood), "3",
     "how much one address is told in a minute, until one message tells the rest"},
    {NULL, "expect", CONFIG_EXPECTS, AT(expects), NULL,
     "what is to come again and again, although it does not promise that: (expect HOST "
     "TAG (every \"1d\") (grace \"2h\")), any number of times"},
    {NULL, "notifier", CONFIG_NOTIFIERS, AT(notifiers), NULL,
     "a further way to tell: (notifier NAME (KIND …)), KIND being email, webhook, "
     "exec, "
     "ntfy or log; rules name it"},
    {"digest", "at", CONFIG_CALENDARS, AT(digest_at), NULL,
     "when a digest is sent: \"07:00\", or calendars; default: never"},
    {"digest", "to", CONFIG_TEXTS, AT(digest_to), NULL,
     "by which notifiers; default: \"mailto\""},
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
    {"keep", "readings", CONFIG_DURATION, AT(keep_readings), "14d",
     "how long readings are kept as they came"},
    {"keep", "hours", CONFIG_DURATION, AT(keep_hours), "2y",
     "how long an hour's least, mean and greatest value are kept"},
    {NULL, "rules", CONFIG_TEXTS, AT(rules), NULL,
     "folders of rules; default: /etc/sheepdog/rules.d"},
    {"ask", "time", CONFIG_PERIOD, AT(ask_time), "10s",
     "how long a question may compute"},
    {"ask", "memory", CONFIG_SIZE, AT(ask_memory), "256M",
     "how large the tables that a question makes may be"},
    {"ask", "rows", CONFIG_COUNT, AT(ask_rows), "5000000",
     "how many rows they may have"},
    {NULL, NULL, CONFIG_TEXT, 0, NULL, NULL},
};

void *setting_member(struct config *config, const struct config_setting *setting)
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

void queue_places_add(struct queue_places *places, const struct queue_place *place)
{
    places->items =
        memory_resize(places->items, (places->count + 1) * sizeof *places->items);
    places->items[places->count++] = *place;
}

void form_settings_clear(struct form_setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(settings[i].name);
        texts_clear(&settings[i].values);
    }
    free(settings);
}

static void monitor_form_clear(struct monitor_form *form)
{
    form_settings_clear(form->settings, form->count);
    free(form->name);
    *form = (struct monitor_form){0};
}

void monitor_forms_clear(struct monitor_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        monitor_form_clear(&forms->items[i]);
    free(forms->items);
    *forms = (struct monitor_forms){0};
}

struct monitor_form *monitor_forms_add(struct monitor_forms *forms, const char *name)
{
    forms->items =
        memory_resize(forms->items, (forms->count + 1) * sizeof *forms->items);
    struct monitor_form *form = &forms->items[forms->count++];
    *form = (struct monitor_form){.name = text_copy(name)};
    return form;
}

struct form_setting *monitor_form_add(struct monitor_form *form, const char *name)
{
    form->settings =
        memory_resize(form->settings, (form->count + 1) * sizeof *form->settings);
    struct form_setting *setting = &form->settings[form->count++];
    *setting = (struct form_setting){.name = text_copy(name)};
    return setting;
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

static int calendar_check(const char *text, struct error *err)
{
    AUTO(calendar) struct calendar *calendar = NULL;
    return calendar_parse(text, &calendar, err);
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

bool config_type_is_texts(enum config_type type)
{
    return type == CONFIG_TEXTS || type == CONFIG_PATTERNS || type == CONFIG_CALENDARS;
}

bool config_type_is_queues(enum config_type type)
{
    return type == CONFIG_QUEUE || type == CONFIG_QUEUES;
}

bool setting_is_secret(const struct config_setting *setting)
{
    return setting->offset == AT(token) || setting->offset == AT(smtp_password) ||
           setting->type == CONFIG_PATTERNS || config_type_is_queues(setting->type);
}

static int period_parse(const char *text, int64_t *ret, struct error *err)
{
    int64_t period;
    int rc = duration_parse(text, &period, err);
    if (rc < 0)
        return rc;
    if (period < PERIOD_MIN)
        return error_set(err, -EINVAL, "found %.60s, expected at least 1s", text);
    *ret = period;
    return 0;
}

int setting_set(struct config *config, const struct config_setting *setting,
                const char *text, struct error *err)
{
    void *to = setting_member(config, setting);
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
    case CONFIG_PERIOD:
        return period_parse(text, to, err);
    case CONFIG_FLAG:
        *(bool *)to = strcmp(text, "#t") == 0;
        return 0;
    case CONFIG_CALENDARS:
        texts_add(to, text);
        return calendar_check(text, err);
    case CONFIG_MONITORS: /* no texts: see read_monitor, notifiers.h, expects.h */
    case CONFIG_NOTIFIERS:
    case CONFIG_EXPECTS:
        return -EINVAL;
    }
    return 0;
}

struct config *config_new(void)
{
    struct config *config = memory_new(sizeof *config);
    for (const struct config_setting *setting = config_settings; setting->name;
         setting++)
        if (setting->fallback &&
            setting_set(config, setting, setting->fallback, NULL) < 0)
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
            free(*(char **)setting_member(config, setting));
        else if (config_type_is_texts(setting->type))
            texts_clear(setting_member(config, setting));
        else if (config_type_is_queues(setting->type))
            queue_places_clear(setting_member(config, setting));
    monitor_forms_clear(&config->monitors);
    notifier_forms_clear(&config->notifiers);
    expect_forms_clear(&config->expects);
    free(config->path);
    free(config);
}
