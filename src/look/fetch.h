// SPDX-License-Identifier: GPL-3.0-or-later
/* fetch - asks the server's door, and reads its answers as JSON.
 *
 * Comes from: the commands in this folder.  Goes to: queue/http.h. */
#ifndef LOOK_FETCH_H
#define LOOK_FETCH_H

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "message/message.h"
#include "queue/http.h"

struct json_t; /* jansson's */

/* Of a configuration: the URL of the door, lent; NULL: its host and port. */
const char *fetch_place(const struct config *config);

/* Opens the door that a configuration names, for as many questions as there are; each
 * may take 30 s. config_named: the file of -c, or NULL. A configuration that is not
 * there means the defaults; one that is wrong is an error. */
int fetch_open(const char *config_named, struct http **ret, struct error *err) MUST_USE;

/* *ret is an object, to be given back by json_decref. -EINVAL, -ENOENT, -ENOTUNIQ: the
 * server's 400, 404 and 409, in its words; -EACCES: 401 and 403, a token that it does
 * not know, or that may not do that; -EAGAIN: 429; -EPROTO: any other refusal, or an
 * answer that is not JSON; else as http_get. */
int fetch_get(struct http *http, const char *path, struct json_t **ret,
              struct error *err) MUST_USE;
int fetch_post(struct http *http, const char *path, struct json_t **ret,
               struct error *err) MUST_USE; /* without a body */
int fetch_delete(struct http *http, const char *path, struct json_t **ret,
                 struct error *err) MUST_USE;

/* With a body, and as much time as it takes, ms. *ret_refusal: the object that a
 * refusal came with, to be given back too; NULL where it came without. */
int fetch_send(struct http *http, const char *path, const struct json_t *body,
               int64_t patience, struct json_t **ret, struct json_t **ret_refusal,
               struct error *err) MUST_USE;

/* fetch_open and one fetch_get. */
int fetch_json(const char *config_named, const char *path, struct json_t **ret,
               struct error *err) MUST_USE;

/* The items of an array in another order, to be given back by json_decref. compare: as
 * qsort(3) calls it, with two const struct json_t **. */
struct json_t *fetched_sort(const struct json_t *list,
                            int (*compare)(const void *, const void *)) MUST_USE;

/* A message as the server gives it. */
struct fetched {
    int64_t time, came; /* ms since 1970 UTC */
    enum state state;
    struct message *message;
};

void fetched_clear(struct fetched *fetched);
AUTO_DEFINE_CLEAR(fetched)

/* Reads {"came":…, "time":…, "state":…, "message":{…}}, of a list too, where the
 * message has neither what was printed nor the rows of facts. -EPROTO with words. */
int fetched_read(const struct json_t *object, struct fetched *ret, struct error *err)
    MUST_USE;

/* The time in such a field; 0 where there is none. */
int64_t fetched_time(const struct json_t *object, const char *name);

/* Appends such a time to the query of a path; nothing where it is 0. */
void fetch_add_time(struct strbuf *path, const char *name, int64_t time);

/* The text in such a field, lent; "" where there is none. */
const char *fetched_text(const struct json_t *object, const char *name);

/* The document for --json: on stdout, indented, with a newline. */
void fetch_print(const struct json_t *document);

#endif
