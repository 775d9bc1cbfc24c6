// SPDX-License-Identifier: GPL-3.0-or-later
/* trouble - words for the log, and a pause that doubles. */
#include "receiver/trouble.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/units.h"
#include "base/utf8.h"

#define PAUSE_MAX  300000 /* ms */
#define SILENCE_MS 60000  /* between two lines that cannot be read and are said */
#define WORDS_MAX  150    /* bytes */

void trouble_begin(struct trouble *trouble)
{
    trouble->why = (struct error){0};
    trouble->last_words[0] = '\0';
}

void trouble_blame(struct trouble *trouble, const char *why)
{
    if (!trouble_is_blamed(trouble))
        error_set(&trouble->why, 0, "%s", why);
}

bool trouble_is_blamed(const struct trouble *trouble)
{
    return trouble->why.text[0];
}

void trouble_say_start(struct trouble *trouble, const struct error *why)
{
    if (!trouble->was_start_said && trouble->pause > 0)
        log_error("receiver: %s: %s; we keep trying", trouble->name, why->text);
    trouble->was_start_said = true;
}

void trouble_hear(struct trouble *trouble, const char *bytes, size_t size)
{
    while (size > 0 && bytes[size - 1] == '\n')
        size--;
    if (size == 0)
        return;
    const char *newline = memrchr(bytes, '\n', size);
    const char *line = newline ? newline + 1 : bytes;
    size_t length = (size_t)(bytes + size - line);
    snprintf(trouble->last_words, sizeof trouble->last_words, "; it said: %.*s",
             (int)(length > WORDS_MAX ? WORDS_MAX : length), line);
    utf8_tidy(trouble->last_words, strlen(trouble->last_words));
}

void trouble_say_line(struct trouble *trouble, const struct error *why)
{
    int64_t now = clock_monotonic();
    if (now < trouble->silent_until)
        return;
    log_warning("receiver: %s: %s; that line is left out, and others like it are not "
                "said for a minute",
                trouble->name, why->text);
    trouble->silent_until = now + (int64_t)SILENCE_MS * 1000;
}

static char *word_end(const struct trouble *trouble, int status)
{
    if (trouble_is_blamed(trouble))
        return text_format("it was ended: %s", trouble->why.text);
    if (WIFSIGNALED(status))
        return text_format("it ended by signal %d (%s)", WTERMSIG(status),
                           strsignal(WTERMSIG(status)));
    return text_format("it ended with status %d", WEXITSTATUS(status));
}

int64_t trouble_pause(struct trouble *trouble, int status)
{
    if (trouble->pause == 0) {
        char pause[UNITS_TEXT_SIZE];
        AUTO(str) char *end = word_end(trouble, status);
        log_warning("receiver: %s: %s%s; it starts again in %s, and ever more seldom, "
                    "up to every 5 min",
                    trouble->name, end, trouble->last_words,
                    duration_format(trouble->pause_min, pause));
    }
    trouble->pause = trouble->pause == 0 ? trouble->pause_min : trouble->pause * 2;
    if (trouble->pause > PAUSE_MAX)
        trouble->pause = PAUSE_MAX;
    return trouble->pause;
}

bool trouble_is_hopeless(struct trouble *trouble, int64_t number, const char *id)
{
    trouble->tries = trouble->tried == number ? trouble->tries + 1 : 1;
    trouble->tried = number;
    if (trouble->tries < TROUBLE_TRIES)
        return false;
    log_warning("receiver: %s: it ended %d times at message %s, which is passed over",
                trouble->name, trouble->tries, id);
    return true;
}

void trouble_is_over(struct trouble *trouble)
{
    if (trouble->pause > 0)
        log_info("receiver: %s: it works again", trouble->name);
    trouble->pause = 0;
    trouble->tries = 0;
    trouble->was_start_said = false;
}
