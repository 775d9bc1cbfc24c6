// SPDX-License-Identifier: GPL-3.0-or-later
/* findings - what one look of a monitor, or one message given to a receiver, yields.
 *
 * Comes from: the monitors in this folder, and lines.h.  Goes to: daemon/, facts/, and
 * on the server plugin/receiver.h. */
#ifndef MONITOR_FINDINGS_H
#define MONITOR_FINDINGS_H

#include <stddef.h>

#include "base/auto.h"
#include "base/compiler.h"
#include "message/relation.h"
#include "message/state.h"

enum finding_type {
    FINDING_STATE,   /* how the monitor's thing, or a part of it, is */
    FINDING_READING, /* a number, as it is now */
    FINDING_FACT,  /* one row that is true now: it takes the place of that of its key */
    FINDING_FACTS, /* all rows of a relation that are true now */
    FINDING_NOTE,  /* words for the server */
    FINDING_MAIL,  /* of receivers alone */
    FINDING_LOG,   /* words for the log of whoever ran it */
};

/* All texts are the finding's own; NULL where the type has none. */
struct finding {
    enum finding_type type;
    char
        *part; /* "/export" of disk, eth0 of network: the tag is disk:/export; NULL: the
                   monitor's thing as a whole */
    char *host; /* receivers: of which host it speaks; NULL: that of the message */
    enum state state;
    char *text;       /* of a state, a note, a mail, a log */
    char *subject;    /* of a mail */
    char *to;         /* of a mail; NULL: whom the server tells */
    char *name;       /* of a reading; of a relation */
    double value;     /* finite */
    char *unit;       /* "%", "B", "B/s", "s", "C", "/s"; "": a plain number */
    struct rows rows; /* as written: made canonical by who knows the relation */
};

struct findings {
    struct finding *items;
    size_t count;
};

void findings_clear(struct findings *findings);
AUTO_DEFINE_CLEAR(findings)

/* The finding becomes the findings' own. */
void findings_add(struct findings *findings, struct finding *finding);

/* part may be NULL; texts are copied. The text of a state says the value and the
 * threshold: "91.2 % used, warning from 90 %". A reading that is not finite is left
 * out. */
PRINTF(4, 5)
void findings_state(struct findings *findings, const char *part, enum state state,
                    const char *format, ...);
void findings_reading(struct findings *findings, const char *part, const char *name,
                      double value, const char *unit);
PRINTF(3, 4)
void findings_note(struct findings *findings, const char *part, const char *format,
                   ...);

/* The worst state among them of that part (NULL: of any); STATE_NONE: none was said. */
enum state findings_worst(const struct findings *findings, const char *part);

#endif
