// SPDX-License-Identifier: GPL-3.0-or-later
/* message - what travels: one JSON object, at most 1 MiB.
 *
 * Comes from: bark/ (written by message_format), and any script.
 * Goes to: a queue, then message_parse, handler/ and store/.
 *
 * {"v":1, "id":UUIDv7, "kind":"outcome", "host":…, "user":…, "tag":…,
 *  "time":RFC 3339 in UTC, "zone":"America/Chicago",
 *  "command":…, "status":2, "signal":null, "err":"FAIL", "elapsed":12.345,
 *  "stdout":null, "stderr":…, "cut":{"stderr":10240}, "cut_at":{"stderr":32768},
 *  "printed":bytes, "max_rss":bytes, "user_time":seconds, "system_time":seconds,
 *  "attempts":[{"status":1,"signal":null,"err":"FAIL","elapsed":0.1}, …],
 *  "bytes":{"stderr":BASE64}, "text":…, "subject":…, "run":UUID, "mailto":…,
 *  "every":"1d", "grace":"2h", "plugin":…, "receiver":…}
 *
 * A beat, and a reading, which is the same without the promise of the next:
 *
 * {"v":1, "id":…, "kind":"beat", "host":…, "tag":"daemon", "time":…, "every":"1m",
 *  "readings":{"load.1m":0.25, "disk:/.used":41.5}, "units":{"disk:/.used":"%"},
 *  "facts":[EPOCH, COUNTER]}
 *
 * What changed of a relation (see struct facts; a duration and a time are ms, and
 * whatever is a number may be a text too):
 *
 * {"v":1, "id":…, "kind":"facts", "host":…, "tag":"facts", "time":…,
 *  "relation":"package", "columns":[["name","text"],["version","version"]],
 *  "epoch":1795332188123, "counter":7, "after":3, "is":"change",
 *  "add":[["nginx","1.22.1-9"]], "remove":[["nginx","1.22.0-1"]]}
 *
 * A text that is not UTF-8 stands in its field with U+FFFD for each wrong byte, and
 * exactly, in base64, under "bytes". */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "base/uuid.h"
#include "message/relation.h"
#include "message/state.h"

#define MESSAGE_SIZE_MAX (1 << 20) /* bytes of JSON */
#define MESSAGE_NAME_MAX 255       /* bytes of host, user, tag, mailto, zone */

/* Those up to notes may say what is expected. */
enum message_kind {
    MESSAGE_OUTCOME, /* a run ended */
    MESSAGE_START,   /* a run began */
    MESSAGE_NOTE,    /* somebody says something, with a state or without */
    MESSAGE_BEAT,    /* a daemon lives; with its readings */
    MESSAGE_READING, /* readings alone */
    MESSAGE_FACTS,   /* what changed of a relation */
};

/* How a run went; the words are those of the sheepdogs that exist. */
enum message_err {
    ERR_NONE, /* a start, or a note that says nothing of the state */
    ERR_SUCCESS,
    ERR_FAIL,    /* status not 0, or a signal */
    ERR_WARNING, /* said by a note */
    ERR_CHECK,   /* status 0, but it printed the wrong thing */
    ERR_LOCKED,  /* not run: the one before still runs */
    ERR_TIMEOUT, /* ended by us: it took too long */
    ERR_UNKNOWN, /* said by a note: it could not be looked at */
};

/* Any bytes. data is NULL where the message has null; else a NUL stands behind. */
struct bytes {
    char *data;
    size_t size;
};

/* What a run wrote to one stream: its head and its tail, joined. */
struct output {
    struct bytes kept;
    uint64_t cut;  /* bytes left out between head and tail */
    size_t cut_at; /* bytes of the head, where cut is not 0 */
};

struct attempt {
    enum message_err err;
    int status;     /* -1: null */
    int signal;     /* 0: null */
    double elapsed; /* seconds */
};

/* Either way; what is beyond becomes that. An hour of them can be added up. */
#define READING_MAX 1e300

struct message_reading {
    char *name;   /* MONITOR[:PART].QUANTITY; printable ASCII, no blanks */
    double value; /* finite; 15 digits of it travel */
    char *unit;   /* "%", "B", "s", "C", …; NULL: not said this time */
};

/* A host counts the messages of its facts within an epoch, which begins when it forgot
 * what it had sent. A change continues the message of its relation that counter after
 * names; who lacks that one needs the whole. The whole is all rows as of then, and ends
 * every other; where it is too large for one message, parts of it come before. */
#define FACTS_PARTS_MAX 100 /* of a whole, itself among them */

enum facts_extent {
    FACTS_CHANGE,
    FACTS_PART,  /* of a whole that is still to come; adds only */
    FACTS_WHOLE, /* with the parts whose counters run from after + 1 */
};

struct facts {
    struct relation *relation;
    int64_t epoch;          /* ms since 1970 UTC when it began: a later one is larger */
    int64_t counter, after; /* from 1 */
    enum facts_extent extent;
    struct rows added, removed;
};

#define EXPECT_END "off" /* as null */

struct message {
    char id[UUID_SIZE];
    enum message_kind kind;
    char *host, *tag;  /* neither empty nor with control characters */
    char *user, *zone; /* NULL: not known */
    int64_t time;      /* ms since 1970 UTC; when it happened: a run's end */
    enum message_err err;

    struct bytes command; /* a shell line, or an argv quoted for the shell */
    int status;           /* exit code; -1: null */
    int signal;           /* number; 0: null */
    double elapsed;       /* seconds, by the monotonic clock; < 0: not known */
    struct output out;    /* "stdout" */
    struct output errors; /* "stderr" */
    int64_t printed;      /* bytes that both were, whatever is told; < 0: not known */
    int64_t max_rss;      /* bytes; < 0: these three are not known */
    double user_time;     /* seconds of processor */
    double system_time;
    struct attempt *attempts; /* each run of the command, where it was retried */
    size_t attempt_count;

    char *text;   /* of a note; of an outcome, why err is what it is; NULL */
    char *mailto; /* who asks to be told too; NULL: nobody */
    char *run;    /* id that start and outcome of one run share; NULL */
    char *plugin; /* of which a monitor or receiver said it; NULL */

    /* Of an outcome, a start or a note: how often such a message is to come, a duration
     * or a calendar of zone; EXPECT_END: no more; NULL: nothing is said. */
    char *expect;  /* "every" */
    int64_t grace; /* ms for which the next may be late; < 0: not said */

    char *subject;  /* of a note that is to be mailed, whatever its state; NULL */
    char *receiver; /* the plugin whose receiver said it: no receiver gets it; NULL */

    int64_t every; /* ms until the next beat is to come; 0: nothing is promised */
    struct message_reading *readings; /* of a beat or a reading */
    size_t reading_count;
    int64_t facts_epoch, facts_counter; /* of a beat: the last sent; 0: none was */
    struct facts *facts;                /* of that kind; else NULL */

    /* Only of a message that was read: its JSON as it came, with what was filled in put
     * behind the opening brace. message_parse reads it back. */
    struct bytes body;
};

struct message *
message_new(void); /* an outcome whose every field is null, without an id */
void message_free(struct message *message);
AUTO_DEFINE(message)

const char *message_kind_name(enum message_kind kind);
const char *message_err_name(enum message_err err); /* NULL for ERR_NONE */
const char *facts_extent_name(enum facts_extent extent);

/* name and unit, which may be NULL, are copied. No two readings have one name. */
void message_add_reading(struct message *message, const char *name, double value,
                         const char *unit);

/* For message->facts; relation is taken over. */
struct facts *facts_new(struct relation *relation);

/* What the message says of its (host, tag); STATE_NONE: nothing.
 * SUCCESS is ok; WARNING and LOCKED are warning; FAIL, CHECK and TIMEOUT are fail;
 * UNKNOWN is unknown. */
enum state message_state(const struct message *message);

/* The one line that says most, for lists: the last line of the text, or of stderr, or
 * of stdout, at most size - 1 bytes of printable UTF-8; "" where nothing was said. Of
 * facts, how many rows of what. */
void message_last_word(const struct message *message, char ret[], size_t size);

/* Appends the JSON, on one line without a newline: the fields that its kind has. */
void message_format(const struct message *message, struct strbuf *buf);

/* What a short message leaves out. */
struct message_defaults {
    int64_t now;      /* for time and id */
    const char *host; /* NULL: host is required */
    const char *id;   /* NULL: a new one */

    /* Given, by message_parse_all, each object whose v or kind this version does not
     * know, in place of the error; NULL: the error. */
    void (*unknown)(void *context, const char *json, size_t size, const char *reason);
    void *context;

    size_t count_max; /* messages, for message_parse_all; 0: as many as there are */
};

/* Reads one object. A kind that is left out is an outcome where a status or a signal is
 * given, else a note; an outcome's err that is left out is SUCCESS for status 0, else
 * FAIL. -EINVAL: "field \"status\": found a string, expected …"; -EFBIG: over 1 MiB;
 * -EPROTO: its v or its kind is one that this version does not know. */
int message_parse(const char *json, size_t size,
                  const struct message_defaults *defaults, struct message **ret,
                  struct error *err) MUST_USE;

struct message_list {
    struct message **items;
    size_t count;
};

void message_list_clear(struct message_list *list); /* frees the messages too */
AUTO_DEFINE_CLEAR(message_list)

/* Reads one object, an array of objects, or objects one after the other (NDJSON). All
 * or none; an error begins with "message N: ", counted from 0, and *ret_index is N (or
 * -1 where the body as a whole is wrong); lines and columns are counted from the
 * message's start. No message at all is -EINVAL; more than count_max are -EFBIG, and no
 * more of them are read. */
int message_parse_all(const char *json, size_t size,
                      const struct message_defaults *defaults, struct message_list *ret,
                      int *ret_index, struct error *err) MUST_USE;

#endif
