// SPDX-License-Identifier: GPL-3.0-or-later
/* complaint - what is wrong with a program, and where.
 *
 *     low.dl:3:17: no relation is called "packge"; did you mean package?
 *       low_nginx(h) :- packge(h, "nginx", v), v < "1.22".
 *                       ^~~~~~
 *
 * Comes from: all of datalog/.  Goes to: whoever wrote the program. */
#ifndef DATALOG_COMPLAINT_H
#define DATALOG_COMPLAINT_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "base/strbuf.h"

/* A text that a program, or a part of one, is read from. */
struct source {
    const char *name; /* of the file, or "question"; stands before the colon */
    const char *text; /* ends with NUL, and holds none */
    size_t size;
};

/* A part of a source. */
struct place {
    const struct source *source; /* NULL: of what nobody wrote */
    size_t start, size;          /* bytes */
};

struct complaint {
    char *name;       /* of the source; NULL: it has no place */
    int line, column; /* from 1 on; a column is a character */
    char *what;       /* the sentence, without the place; NULL: nothing is wrong */
    char *excerpt;    /* two lines with their newlines: the line, and the mark below it;
                         NULL where it has no place. A long line is cut around it */
};

void complaint_clear(struct complaint *complaint);
AUTO_DEFINE_CLEAR(complaint)

/* Fills *ret, which was empty or is overwritten, and returns rc; place and ret may be
 * NULL. Control characters in the sentence become blanks, what is not UTF-8 '?'. */
int complain(struct complaint *ret, const struct place *place, int rc,
             const char *format, ...) PRINTF(4, 5);

/* In a line, to be freed: "low.dl:3:17: no relation is called …". */
char *complaint_line(const struct complaint *complaint);

/* Appends it as it is shown above; each line ends with a newline. */
void complaint_format(const struct complaint *complaint, struct strbuf *buf);

#endif
