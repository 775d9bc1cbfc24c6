// SPDX-License-Identifier: GPL-3.0-or-later
/* library - the files of rules that every question may use: those that come with
 * Sheepdog, and the user's own.
 *
 * A file of the user's that is called as one of ours stands in its place: so what comes
 * along can be changed. One that cannot be read does not, and ours goes on.
 *
 * A file that cannot be read as rules, or that others can write to, is left out, and
 * its trouble is kept; the others serve. In complaints, proofs and lists a file of our
 * own is called low.dl, all others by their whole path. Unchanging once loaded: any
 * number of threads may read it.
 *
 * Comes from: etc/rules, (rules …).  Goes to: question.h, GET /v1/rules. */
#ifndef RULES_LIBRARY_H
#define RULES_LIBRARY_H

#include "base/auto.h"
#include "base/compiler.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "datalog/catalogue.h"
#include "datalog/tree.h"

#define LIBRARY_FOLDER "/etc/sheepdog/rules.d" /* where (rules …) names none */

struct library;

/* The *.dl of the folder of those that come with us, and of each of these, by name. */
struct library *library_load(const struct texts *folders);

/* The same, and these files and folders, to be tried: a file of them stands in the
 * place of the one of its name, whosesoever it is. */
struct library *library_load_tried(const struct texts *folders,
                                   const struct texts *tried);

/* Another text, to be freed, when a file of those was changed, came or went. */
char *library_stamp(const struct texts *folders);

/* Another one for each library that was loaded by this process. */
int64_t library_number(const struct library *library);

/* Only those that come with us. */
struct library *library_load_own(void);

/* Only those of these folders. */
struct library *library_load_only(const struct texts *folders);

/* A share of it, and an end of one's share: by one thread. NULL is fine. */
struct library *library_share(struct library *library);
void library_free(struct library *library);
AUTO_DEFINE(library)

/* What is left out, or not used at all: a file or a folder, and why, in a sentence. */
void library_each_trouble(const struct library *library,
                          void (*each)(void *context, const char *file,
                                       const char *why),
                          void *context);

/* All its rules and saved questions, into a program that has none yet. */
int library_read(const struct library *library, struct program *program,
                 struct complaint *complaint) MUST_USE;

/* Of the same only what may matter to this text: the files that define what it names,
 * and what these name. Where the text then turns out to be wrong, what is known beside
 * is not there to be named. */
int library_read_for(const struct library *library, const char *text,
                     struct program *program, struct complaint *complaint) MUST_USE;

/* Appends {"rules":[…],"questions":[…],"trouble":[…]}: each rule's relation, with its
 * columns as they are checked against the catalogue; what is wrong by that is trouble
 * too. */
void library_put_json(const struct library *library, const struct catalogue *catalogue,
                      struct strbuf *json);

#endif
