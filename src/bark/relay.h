// SPDX-License-Identifier: GPL-3.0-or-later
/* relay - what the job prints goes on at once and unchanged, is kept and is searched.
 *
 * Comes from: the read end of a pipe that the job writes to.
 * Goes to: our own stdout or stderr, capture.h, search.h. */
#ifndef BARK_RELAY_H
#define BARK_RELAY_H

#include <stdbool.h>

#include "bark/capture.h"
#include "bark/search.h"

struct relay {
    int from; /* ours; -1: at its end */
    int to;   /* lent; -1: nobody */
    enum search_stream stream;
    struct search *search; /* lent; NULL: nothing to look for */
    struct capture capture;
    bool is_wide; /* the pipe was made larger */
};

void relay_close(struct relay *relay);
void relay_clear(struct relay *relay);
AUTO_DEFINE_CLEAR(relay)

/* events: what poll() says of the pipe. Reads once, if there is something, and closes
 * it at its end. Where nobody reads our own stdout any more, it is closed too: the job
 * sees what it would see without us. */
void relay_read(struct relay *relay, short events);

/* Takes what the pipe holds now, and closes it: a process that the job left behind may
 * hold the other end for ever. */
void relay_drain(struct relay *relay);

#endif
