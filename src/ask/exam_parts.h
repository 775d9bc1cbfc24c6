// SPDX-License-Identifier: GPL-3.0-or-later
/* exam_parts - what the sources of exam.h share.
 *
 *     exam.c         the file, its forms in a table, the trial
 *     exam_says.c    what happens: messages, facts, beats, quiet
 *     exam_wanted.c  what is wanted, compared with what is there */
#ifndef ASK_EXAM_PARTS_H
#define ASK_EXAM_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "alert/trial.h"
#include "ask/exam.h"
#include "base/strbuf.h"
#include "config/sexp.h"

#define EXAM_WORDS 4 /* of an item that is wanted or found */

/* An alert that is open, or something that was told. */
struct exam_item {
    char *words[EXAM_WORDS]; /* what an item may say of it, in that order */
    char *lines;             /* the derivation; NULL */
    bool is_found;           /* it is wanted, and there */
};

struct exam_items {
    struct exam_item *items;
    size_t count;
};

/* Words are copied; lines is taken over. */
void exam_items_add(struct exam_items *items, const char *const words[EXAM_WORDS],
                    char *lines);
void exam_items_clear(struct exam_items *items);
AUTO_DEFINE_CLEAR(exam_items)

struct exam_beater {
    char *host, *every;
    int64_t period, due; /* ms; when the next beat is sent */
};

/* The rows of a host's relation, each as JSON. */
struct exam_facts {
    char *host, *relation, *columns;
    struct texts rows;
};

struct exam {
    const char *path; /* of the file; lent */
    char *folder;     /* a temporary one: the store, rules of the file's own */
    struct texts rules;
    struct strbuf own;  /* (rule …) */
    struct strbuf conf; /* (config …) */
    char *zone;
    struct config *config;
    struct trial *trial; /* NULL: nothing has happened yet */
    int64_t now;
    unsigned number; /* of the last message */
    int repeated;    /* forms, by (repeat …) */
    struct exam_beater *beaters;
    size_t beater_count;
    struct exam_facts *facts;
    size_t fact_count;
    int64_t fact_number;
    struct exam_items told; /* since somebody looked */
    void (*fault)(void *context, const struct exam_fault *fault);
    void *context;
    struct exam_result result;
};

/* ---- exam.c ---- */

/* -EINVAL: "FILE:LINE:COLUMN: …" */
int exam_refuse(const struct exam *exam, const struct sexp *at, struct error *err,
                const char *format, ...) PRINTF(4, 5);

/* The same in front of what err says. */
int exam_prefix(const struct exam *exam, const struct sexp *at, int rc,
                struct error *err);

/* The text of a word or a string, lent. */
int exam_text(const struct exam *exam, const struct sexp *sexp, const char **ret,
              struct error *err) MUST_USE;

/* Of (FORM … (NAME VALUE) …): the VALUE. NULL: there is none. */
const struct sexp *exam_field(const struct sexp *form, const char *name);

/* Behind its first words a form has nothing but fields (NAME VALUE) with these names;
 * NULL ends them. */
int exam_check_fields(const struct exam *exam, const struct sexp *form, size_t first,
                      const char *const names[], struct error *err) MUST_USE;

/* A field that is a duration; fallback where it is missing. */
int exam_duration(const struct exam *exam, const struct sexp *form, const char *name,
                  int64_t fallback, int64_t *ret, struct error *err) MUST_USE;

/* Opens the trial, where it is not open yet. */
int exam_begin(struct exam *exam, struct error *err) MUST_USE;

/* Time goes on until then, and those that beat do. */
int exam_wait(struct exam *exam, int64_t until, struct error *err) MUST_USE;

/* ---- exam_says.c ---- */

typedef int exam_fn(struct exam *exam, const struct sexp *form, struct error *err);

exam_fn exam_bark, exam_beat, exam_beats, exam_no_beats, exam_fact, exam_no_fact,
    exam_silence, exam_ack, exam_server;

/* The beats that are due now are sent. */
int exam_send_beats(struct exam *exam, struct error *err) MUST_USE;
void exam_says_clear(struct exam *exam);

/* ---- exam_wanted.c ---- */

exam_fn exam_alerts, exam_told, exam_held;
store_telling_fn exam_note; /* what is told; context: the exam */

#endif
