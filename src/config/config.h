// SPDX-License-Identifier: GPL-3.0-or-later
/* config - the settings of every program, read from one S-expression file.
 *
 *     (host "penguin2") (port 7777) (smtp (url "smtp://mail.example.org") (user "me"))
 *
 * bare or within (config …). All settings, with their sections, types, defaults and
 * help, are one table: config_settings. To add one: a member below, then a row in that
 * table.
 *
 * Comes from: files (sexp.h).  Goes to: every program. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"

struct texts {
    char **items;
    size_t count;
};

void texts_add(struct texts *texts, const char *text); /* a copy of it */
void texts_clear(struct texts *texts);
AUTO_DEFINE_CLEAR(texts)

/* Where a queue is: "redis://HOST:PORT", or a list that says what is kept there:
 * (sheepdog-ruby "redis://HOST:PORT" "KEY"). */
struct queue_place {
    char *form; /* the list's first word; NULL: a URL alone */
    char *url;  /* may hold a password */
    char *key;  /* NULL: none */
};

struct queue_places {
    struct queue_place *items;
    size_t count;
};

void queue_places_clear(struct queue_places *places);

/* A form whose words somebody else understands: (warn "90%"). */
struct form_setting {
    char *name;
    struct texts values; /* strings, words, #t and #f, as they stand there */
    int line, column;
};

/* (monitor NAME (KEY VALUE …) …), or (monitor NAME off). See monitor/settings.h. */
struct monitor_form {
    char *name;
    bool is_off;
    struct form_setting *settings;
    size_t count;
    int line, column;
};

struct monitor_forms {
    struct monitor_form *items;
    size_t count;
};

void monitor_forms_clear(struct monitor_forms *forms);

/* (notifier NAME (KIND VALUE … (KEY VALUE) …)). See config/notifiers.h. */
struct notifier_form {
    char *name, *kind;
    struct texts values; /* a URL, addresses, a command */
    struct form_setting *settings;
    size_t count;
};

struct notifier_forms {
    struct notifier_form *items;
    size_t count;
};

/* (expect HOST TAG (every "1d") (grace "2h") (zone "Europe/Zurich")). See expects.h. */
struct expect_form {
    char *host, *tag;
    char *every;   /* see calendar/every.h */
    char *zone;    /* of the calendar; NULL: this process's */
    int64_t grace; /* ms; < 0: not said */
};

struct expect_forms {
    struct expect_form *items;
    size_t count;
};

void expect_forms_clear(struct expect_forms *forms);

struct config {
    char *path;      /* the file it was read from; NULL: defaults alone */
    bool is_exposed; /* others than its owner can read that file */

    /* where barks go */
    struct queue_places queue; /* one at most; none: http://HOST:PORT */
    char *host;
    int64_t port;
    char *token;         /* "": none */
    char *ca;            /* file of certificates to trust; "": the system's */
    char *pin;           /* "sha256//BASE64" of the server's key; "": none */
    struct texts redact; /* extended regular expressions; see bark/redact.h */
    char *mailto;        /* "": nobody besides whom the server tells */
    int64_t patience;    /* ms to try delivery at the end of a run */
    char *spool_folder;  /* "": the user's own, see bark/spool.h */
    int64_t spool_limit; /* bytes */
    int64_t alone_after; /* ms that nothing was taken, until the machine mails itself */
    char *alone_mailto;  /* "": it does not */

    /* the daemon of a machine */
    struct monitor_forms monitors;
    struct texts plugins; /* folders; none: /etc/sheepdog/plugins. The server's too */
    int64_t beat;         /* ms from one to the next */
    int64_t facts_every;  /* ms until facts are collected although nothing says so */
    char *root;           /* put before /proc, /sys, …: for tests; "" */

    /* the server */
    char *listen;                    /* address of the door */
    struct queue_places read;        /* further queues that the handler reads */
    int64_t claim_after;             /* ms until another takes over what one took */
    char *tls_certificate, *tls_key; /* files, PEM; "": no TLS */
    bool cleartext;            /* beyond loopback without tokens or TLS all the same */
    char *user;                /* that the server becomes when root starts it */
    int64_t limit_connections; /* of one client's address */
    int64_t limit_requests;    /* of one token, in a second */
    char *store;               /* the SQLite file */
    char *zone;                /* of the herd; "": this machine's */
    char *log;                 /* file of the log notifier; "": stderr */
    struct texts allow_mailto; /* patterns such as "*@example.org" */
    int64_t flood; /* tellings to one address a minute that are told one by one */
    struct expect_forms expects;
    struct notifier_forms notifiers;
    struct texts digest_at; /* calendars; none: no digest is sent */
    struct texts digest_to; /* names of notifiers; none: "mailto" */
    int64_t settle;  /* ms after the last old message of a host, see handler/tell.h */
    char *mail_from; /* "": sheepdog@HOSTNAME */
    char *smtp_url;  /* smtp://HOST:PORT or smtps://HOST:PORT */
    char *smtp_user, *smtp_password; /* "": no login */
    bool smtp_starttls;              /* refuse to send over smtp:// without TLS */
    char *smtp_ca;         /* file of certificates to trust; "": the system's */
    int64_t keep_messages; /* ms */
    int64_t keep_output;   /* ms */
    int64_t keep_readings; /* ms, as they came */
    int64_t keep_hours;    /* ms, an hour's minimum, mean and maximum */
    struct texts rules;    /* folders; none: /etc/sheepdog/rules.d */
    int64_t ask_time;      /* ms that one question may have a processor */
    int64_t ask_memory;    /* bytes of its tables */
    int64_t ask_rows;      /* of its tables */
};

enum config_type {
    CONFIG_TEXT,
    CONFIG_TEXTS,     /* one or more texts: struct texts */
    CONFIG_PATTERNS,  /* the same, each an extended regular expression (POSIX) */
    CONFIG_QUEUE,     /* one place: struct queue_places */
    CONFIG_QUEUES,    /* one place or more */
    CONFIG_PORT,      /* 1 to 65535 */
    CONFIG_COUNT,     /* int64_t, 1 to 1 000 000 000 */
    CONFIG_SIZE,      /* int64_t bytes */
    CONFIG_DURATION,  /* int64_t ms */
    CONFIG_PERIOD,    /* the same, of what is done again and again: at least 1 s */
    CONFIG_FLAG,      /* bool: #t #f */
    CONFIG_MONITORS,  /* struct monitor_forms */
    CONFIG_NOTIFIERS, /* struct notifier_forms */
    CONFIG_EXPECTS,   /* struct expect_forms */
    CONFIG_CALENDARS, /* one or more, see calendar/calendar.h: struct texts */
};

struct config_setting {
    const char *section; /* NULL: top level */
    const char *name;
    enum config_type type;
    size_t offset;        /* in struct config */
    const char *fallback; /* as it would be written in the file; NULL: none */
    const char *help;
};

extern const struct config_setting config_settings[]; /* settings.c; ends with NULL */

struct config *config_new(void); /* the defaults */
void config_free(struct config *config);
AUTO_DEFINE(config)

/* The file to read: named when not NULL, else $SHEEPDOG_CONF, else the first of
 * ~/.sheepdog.conf, ~/.config/sheepdog/sheepdog.conf, /etc/sheepdog/sheepdog.conf that
 * exists. *ret is to be freed. -ENOENT: none, and the error names those tried. */
int config_find(const char *named, char **ret, struct error *err) MUST_USE;

/* Reads a file. Errors name file, line and column, what was found and what was
 * expected. -EPERM: the file holds a password or a token and others can read it; or we
 * are root and others can write it. */
int config_load(const char *path, struct config **ret, struct error *err) MUST_USE;

/* Finds the file and reads it; where there is none, and none is named, the defaults. */
int config_open(const char *named, struct config **ret, struct error *err) MUST_USE;

/* As config_load for text at hand; path is for messages. Looks at no permissions. */
int config_parse(const char *path, const char *text, size_t size, struct config **ret,
                 struct error *err) MUST_USE;

#endif
