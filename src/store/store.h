// SPDX-License-Identifier: GPL-3.0-or-later
/* store - everything that was barked, and how the herd is: SQLite.
 *
 * Comes from: handler/ (writes), notify/ (the outbox).  Goes to: door/ (reads).
 * Times are ms since 1970 UTC. One connection writes, used by one thread at a time; any
 * number read. Only store/ includes sqlite3.h and knows the schema (schema.sql).
 *
 * Functions return 0 or a negative errno: -ENOSPC for a full disk, -EIO, -EBUSY,
 * -EROFS, -EACCES, -ENOMEM, -EBADMSG for a file that is damaged or no database of ours:
 * these are the store's own trouble, see store_is_trouble(). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/uuid.h"
#include "message/message.h"
#include "message/state.h"

struct store;
struct touched;

/* The writer: makes the file where there is none (0600; its folder must exist), and
 * brings an older schema up to date. -EPROTO: a newer Sheepdog made it. */
int store_open(const char *path, struct store **ret, struct error *err) MUST_USE;

/* A reader of a store that a writer has opened. */
int store_open_reader(const char *path, struct store **ret, struct error *err) MUST_USE;

#define STORE_TEXT_MAX (16 << 20) /* bytes of a text that an asker can make */

/* A reader whose connection rules/ uses too: with temp tables of its own. */
int store_open_asker(const char *path, struct store **ret, struct error *err) MUST_USE;

/* No store, but what such a connection has besides: temp tables, in a database without
 * a file, with the files that they and sorts go to. */
int store_open_scratch(struct store **ret, struct error *err) MUST_USE;

struct sqlite3;
struct sqlite3 *store_database(struct store *store); /* lent */

/* Another number after its tables, or what the catalogue says of them, have changed. */
int store_find_tables_version(struct store *store, int64_t *ret, struct error *err)
    MUST_USE;

/* Another number after another connection has committed. */
int store_find_data_version(struct store *store, int64_t *ret, struct error *err)
    MUST_USE;

/* Of all files without a name that SQLite makes for it, to sort in and so on: past that
 * many bytes it says SQLITE_FULL. 0: no limit. */
void store_limit_scratch(struct store *asker, int64_t bytes);

/* A store that is thrown away: a commit is no longer waited for to be on disk. */
int store_forgo_disk(struct store *store, struct error *err) MUST_USE;

void store_close(struct store *store); /* NULL is fine */

/* It would have failed with any message. */
bool store_is_trouble(int rc);

static inline void store_auto(struct store **owned)
{
    store_close(*owned);
}

/* All writing below happens between these. A commit is on disk when it returns; when it
 * fails, nothing of it is, and the transaction is over. */
int store_begin(struct store *store, struct error *err) MUST_USE;
int store_commit(struct store *store, struct error *err) MUST_USE;
void store_rollback(struct store *store);

/* What an asker reads from here on is of one moment, until the end. */
int store_begin_reading(struct store *store, struct error *err) MUST_USE;
void store_end_reading(struct store *store); /* also where none has begun */

/* Within a transaction: a part that can be undone alone. One at a time. */
int store_begin_part(struct store *store, struct error *err) MUST_USE;
int store_end_part(struct store *store, bool is_kept, struct error *err) MUST_USE;

/* ---- messages ---- */

/* Stores it, a message that was read, under the next number. -EEXIST: that id is stored
 * already; nothing changed. */
int store_put_message(struct store *store, const struct message *message, int64_t came,
                      int64_t *ret_number, struct error *err) MUST_USE;

struct message_filter {
    const char *host, *tag; /* NULL: any */
    bool failed;            /* only those whose state is wrong */
    int64_t since, until;   /* of time, from since on and before until; 0: open */
    const char *before;     /* id: only older ones; NULL */
    int limit;              /* the newest so many; 0: 100 */
};

/* A stored message, lent to the callback. body is the JSON without what was printed
 * (stdout, stderr, bytes, where they are not null) in a list, and whole from
 * store_find_message. */
struct message_row {
    int64_t number, time, came;
    const char *id, *body;
    enum state state;
    const char *last_word; /* see message_last_word; "" where it said nothing */
};

typedef int store_message_fn(const struct message_row *row, void *context);

/* Newest first, by time and then id. A negative return of the callback ends it and is
 * returned. -ENOENT: no message has the id of filter->before. */
int store_each_message(struct store *store, const struct message_filter *filter,
                       store_message_fn *each, void *context, struct error *err)
    MUST_USE;

/* Whole, in the order in which they were stored: those behind number after whose time
 * is not before since, at most limit; *row.number of the last is where to go on. */
int store_each_stored(struct store *store, int64_t after, int64_t since, int limit,
                      store_message_fn *each, void *context, struct error *err)
    MUST_USE;

/* The number of the last one that was ever stored; 0: none was. No number is used
 * twice. */
int store_last_stored(struct store *store, int64_t *ret, struct error *err) MUST_USE;

/* part: the start of an id, at least 4 characters, or any unambiguous part of that
 * length. -ENOENT: none, or part is too short; -ENOTUNIQ: several. */
int store_find_message(struct store *store, const char *part, store_message_fn *found,
                       void *context, struct error *err) MUST_USE;

/* The newest message of a (host, tag) that spoke of its state, as of a list: 1; 0:
 * there is none. *ret_since: when its last interruption began, which may be over; 0. */
int store_find_word(struct store *store, const char *host, const char *tag,
                    store_message_fn *found, void *context, int64_t *ret_since,
                    struct error *err) MUST_USE;

/* ---- states ---- */

/* How a (host, tag) stands. Strings are lent. */
struct state_row {
    const char *host, *tag;
    enum state state;
    int64_t since;         /* when it came into this state */
    int64_t time;          /* of the newest message that spoke of it */
    const char *id;        /* of that message */
    const char *last_word; /* what it said, on a line */
};

typedef int store_state_fn(const struct state_row *row, void *context);

/* The worst first; then by host and tag. failed: only what is wrong. */
int store_each_state(struct store *store, bool failed, store_state_fn *each,
                     void *context, struct error *err) MUST_USE;

/* What a message did to the state of its (host, tag). */
struct change {
    enum state before, now; /* equal: no change, or an old message that came late */
    int64_t since; /* start of the interruption that goes on or has just ended */
    bool is_late;  /* an old one: what was before may have begun and ended otherwise */
    bool has_flipped; /* its last states change more often, or less, than before */
};

/* Lets the message, the one that was put last, speak: the state of its (host, tag),
 * unless a newer message (by time, then id) has spoken; and the interruptions, which
 * are always those that the messages in the order of their times make, whatever order
 * they came in. */
int store_put_state(struct store *store, const struct message *message,
                    struct change *ret, struct error *err) MUST_USE;

/* Where the server that writes here runs, and since when it does; in the place of what
 * was said before. */
int store_put_server(struct store *store, const char *host, int64_t began,
                     struct error *err) MUST_USE;

#define HOLD_MAX (10 * 60 * 1000) /* ms */

/* An old message of the host came: its backlog is not over until then, but for no
 * longer than HOLD_MAX at a stretch. */
int store_hold(struct store *store, const char *host, int64_t now, int64_t until,
               struct error *err) MUST_USE;

/* ---- runs ---- */

/* Of the message that was put last, a start: it is running until store_end_run.
 * *ret_runs: it is from now on; false: it has no run, or its outcome came before. */
int store_put_start(struct store *store, const struct message *message, bool *ret_runs,
                    struct error *err) MUST_USE;

/* Of an outcome. *ret_ran: it was known to run. */
int store_end_run(struct store *store, const struct message *message, bool *ret_ran,
                  struct error *err) MUST_USE;

/* Whether the message that was put last, an outcome, a start or a note, says how often
 * such a one is to come; and when the next is due now. Every is a duration, from the
 * end of the last run, or a calendar (see calendar/every.h): its first time after the
 * last run began. An older message cannot take back what a newer one says, nor any what
 * the server's configuration says. *ret_changed: it says another due, or anything else.
 * -EINVAL, and nothing changes: every cannot be read. */
int store_expect(struct store *store, const struct message *message, bool *ret_changed,
                 struct error *err) MUST_USE;

/* ---- dead letters: what could not be read or handled ---- */

struct dead_letter {
    int64_t number; /* given by the store */
    int64_t came;
    const char *source; /* as in struct parcel */
    const char *name;   /* the source's own for it; NULL: none */
    const char *reason; /* a sentence */
    const char *bytes;  /* as they came, any bytes; at most 1 MiB of them are kept */
    size_t size;
};

/* One that has the source and the name, or without a name the source and the bytes, of
 * another is that one again: nothing changes. */
int store_put_dead(struct store *store, const struct dead_letter *letter,
                   struct error *err) MUST_USE;

typedef int store_dead_fn(const struct dead_letter *letter, void *context);

/* Newest first, below number before (0: all), at most limit. */
int store_each_dead(struct store *store, int64_t before, int limit, store_dead_fn *each,
                    void *context, struct error *err) MUST_USE;

/* -ENOENT, both */
int store_find_dead(struct store *store, int64_t number, store_dead_fn *found,
                    void *context, struct error *err) MUST_USE;
int store_drop_dead(struct store *store, int64_t number, struct error *err) MUST_USE;

/* ---- how far a source is read ---- */

int store_put_position(struct store *store, const char *source, const char *position,
                       struct error *err) MUST_USE;

/* *ret is to be freed; NULL: it was never read. */
int store_get_position(struct store *store, const char *source, char **ret,
                       struct error *err) MUST_USE;

/* ---- tokens: who may ---- */

#define TOKEN_HASH_SIZE 32 /* bytes */

enum role {
    ROLE_BARK,     /* sends messages of its host */
    ROLE_READ,     /* sees */
    ROLE_SHEPHERD, /* sees, sends of any host, and changes */
};

struct token_row {
    int64_t number;   /* given by the store; how people name it */
    const char *host; /* "*": any */
    enum role role;
    unsigned char hash[TOKEN_HASH_SIZE]; /* the token itself is kept nowhere */
    int64_t made, expires;               /* 0: never */
};

const char *role_name(enum role role);
int role_parse(const char *text, enum role *ret); /* -EINVAL */

int store_put_token(struct store *store, const struct token_row *token,
                    int64_t *ret_number, struct error *err) MUST_USE;

typedef int store_token_fn(const struct token_row *token, void *context);

/* All that are not revoked, expired ones too, oldest first. */
int store_each_token(struct store *store, store_token_fn *each, void *context,
                     struct error *err) MUST_USE;
int store_revoke_token(struct store *store, int64_t number, struct error *err)
    MUST_USE; /* -ENOENT */

/* Whether there is one, or was one that is revoked. */
int store_had_tokens(struct store *store, bool *ret, struct error *err) MUST_USE;

/* ---- hosts ---- */

/* What a daemon's beat says, see message.h, or a reading: when the host was heard, and
 * its readings. The same one twice changes nothing. Where beats say for minutes that
 * more facts were sent than are here, the host lacks; again after hours at the
 * earliest. *ret_lacks: whether it does, as in struct host_row. */
int store_put_beat(struct store *store, const struct message *message, int64_t came,
                   bool *ret_lacks, struct error *err) MUST_USE;

struct host_row {
    const char *host;
    int64_t since,
        seen;         /* when it was first and last heard, by any message; to the hour
                            where the newest says nothing of a state */
    int64_t every;    /* ms from beat to beat; 0: no daemon runs there */
    bool lacks;       /* the whole of its facts is wanted */
    enum state state; /* the worst of its tags */
    int64_t tags;     /* how many have a state */
};

typedef int store_host_fn(const struct host_row *row, void *context);

/* By name; host: that one alone, and -ENOENT where nothing is known of it; NULL: all.
 */
int store_each_host(struct store *store, const char *host, store_host_fn *each,
                    void *context, struct error *err) MUST_USE;

/* That it sends the whole anew; over when it does. Nothing, where no daemon runs there.
 */
int store_set_lacks(struct store *store, const char *host, bool lacks,
                    struct error *err) MUST_USE;

/* One small step: removes at most limit rows of what is known of the host, or with tag
 * not NULL of that tag alone, messages, facts and readings among them; *ret: how many;
 * 0: nothing is left. What is still to be told of it is not, and what the configuration
 * says is expected of it goes on to be. The readings of a tag are those called
 * TAG.QUANTITY; facts are the host's. */
int store_forget(struct store *store, const char *host, const char *tag, int limit,
                 int *ret, struct error *err) MUST_USE;

/* How many such steps there were: another number says that what was read of the store
 * before may be of a host that it no longer knows. */
int store_find_forgotten(struct store *store, int64_t *ret, struct error *err) MUST_USE;

/* ---- facts ---- */

/* What a message of the kind facts changed; the message was just stored under number.
 * Where an earlier one of its relation is missing it changes nothing until that comes,
 * and the host lacks; in whatever order messages come, the rows are those of their
 * order on the host, and the same message twice changes nothing. But what is older than
 * a whole that was applied comes too late, and is missing from the history before that.
 * *ret_lacks: as in store_put_beat.
 *
 * The relation's table is made where it is missing, and gets the columns that are new:
 * NULL in the rows that are there, and in those of hosts that do not have them.
 * -EINVAL: a column has another type here, or another is the key.
 *
 * A row holds from the message's time on, and a removed one until then; one that is
 * said again keeps its beginning. An added row ends the one of its key. */
int store_put_facts(struct store *store, int64_t number, const struct message *message,
                    int64_t came, bool *ret_lacks, struct error *err) MUST_USE;

typedef int store_relation_fn(const struct relation *relation, int64_t rows,
                              void *context);

/* All relations that have a table, by name; rows: those that are true now, where they
 * are to be counted, which takes a look at each; else 0. */
int store_each_relation(struct store *store, bool with_rows, store_relation_fn *each,
                        void *context, struct error *err) MUST_USE;

struct fact_filter {
    const char *relation; /* required */
    const char *host;     /* NULL: any */
    int64_t at;           /* those that were true then; 0: now */
    bool all;             /* those that are no longer true too, whatever at */
    int64_t after;        /* number of the last one seen; 0: from the start */
    int limit;            /* 0: 100 */
};

struct fact_row {
    int64_t number;
    const char *host;
    const char *const *values; /* canonical, as the columns stand; NULL: not known */
    int64_t since;             /* when it became true */
    int64_t until;             /* when it ceased to be; 0: it is still true */
    int64_t seen;              /* when the host was last heard, and it was still true */
    int64_t message;           /* number of the one that said it first */
};

typedef int store_fact_fn(const struct relation *relation, const struct fact_row *row,
                          void *context);

/* By number. -ENOENT: no relation is called so. */
int store_each_fact(struct store *store, const struct fact_filter *filter,
                    store_fact_fn *each, void *context, struct error *err) MUST_USE;

/* ---- readings ---- */

struct series_row {
    const char *host, *name, *unit;
    int64_t time; /* of the newest */
    double value;
};

typedef int store_series_fn(const struct series_row *row, void *context);

/* Those of a host, by name, each with its newest value; host NULL: of all. */
int store_each_series(struct store *store, const char *host, store_series_fn *each,
                      void *context, struct error *err) MUST_USE;

/* A point of time, or an hour of them. */
struct reading_row {
    int64_t time;
    double minimum, mean, maximum; /* the same where count is 1 */
    int64_t count;
};

typedef int store_reading_fn(const struct reading_row *row, void *context);

/* Of one series from since on and before until, in the order of time: as they came
 * where those are kept, else by the hour. hours: by the hour in any case. -ENOENT: the
 * host has no such series. */
int store_each_reading(struct store *store, const char *host, const char *name,
                       int64_t since, int64_t until, bool hours, store_reading_fn *each,
                       void *context, struct error *err) MUST_USE;

#define READINGS_PAGE (60 * 60 * 1000) /* ms */

/* What all hosts measured within READINGS_PAGE from start on, which begins an hour of
 * UTC; by time, and host by host: as it came, and where only the mean of an hour is
 * kept that one, as of the hour's end, is_hour. */
typedef int store_measured_fn(const struct series_row *row, bool is_hour,
                              void *context);

int store_each_measured(struct store *store, int64_t start, store_measured_fn *each,
                        void *context, struct error *err) MUST_USE;

/* One small step: at most limit readings older than raw_before, of whole hours, become
 * hours; then at most limit hours older than hours_before go, and series of which
 * nothing is left. *ret: how many rows it
 * changed; 0: nothing is left. */
int store_roll_readings(struct store *store, int64_t raw_before, int64_t hours_before,
                        int limit, int *ret, struct error *err) MUST_USE;

/* ---- pruning ---- */

/* One small step: at most limit messages older than messages_before are removed, and as
 * many dead letters that came before it, incidents and silences that ended, tellings
 * that were told and runs that began; and at most limit messages older than
 * output_before lose their outputs. What a state or something that is still to be told
 * refers to stays. *ret: how many rows it changed; 0: nothing is left. touched: gets
 * the relations of what has no time of its own that rules go by; NULL: not asked. */
int store_prune(struct store *store, int64_t messages_before, int64_t output_before,
                int limit, struct touched *touched, int *ret, struct error *err)
    MUST_USE;

#endif
