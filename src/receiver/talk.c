// SPDX-License-Identifier: GPL-3.0-or-later
/* talk - its stdin has room for one page, and is ready to be written when that is
 * empty: so we know that all was read. Every line begins with the same byte, a brace;
 * whoever reads it is back from the line before, and waits for the rest. */
#include "receiver/talk.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

void talk_clear(struct talk *talk)
{
    runner_clear(&talk->runner);
    letter_free(TAKE(talk->letter));
    letter_free(TAKE(talk->next));
}

static void enter(struct talk *talk, enum talk_stage stage)
{
    talk->stage = stage;
    if (stage != TALK_ASKED) /* the letter before is still in its hands */
        talk->since = clock_monotonic();
}

void talk_begin(struct talk *talk)
{
    talk->at = 0;
    enter(talk, talk->letter ? TALK_GIVING : TALK_FREE);
}

bool talk_has_room(const struct talk *talk)
{
    return talk->runner.in >= 0 &&
           (talk->stage == TALK_FREE || talk->stage == TALK_HELD) && !talk->next;
}

/* What cannot be written to shows in its end. */
static size_t put(const struct talk *talk, const struct letter *letter, size_t size)
{
    ssize_t count =
        write(talk->runner.in, letter->line.data + (letter->line.size - size), size);
    return count > 0 ? (size_t)count : 0;
}

static void ask(struct talk *talk)
{
    ssize_t count = write(talk->runner.in, talk->next->line.data, 1);
    if (count == 1)
        enter(talk, TALK_ASKED);
}

void talk_give(struct talk *talk, struct letter *letter)
{
    if (talk->stage == TALK_FREE) {
        talk->letter = letter;
        talk_begin(talk);
    } else {
        talk->next = letter;
        ask(talk);
    }
}

bool talk_is_writing(const struct talk *talk)
{
    return talk->runner.in >= 0 && talk->stage != TALK_FREE && talk->stage != TALK_HELD;
}

bool talk_write(struct talk *talk)
{
    if (talk->stage == TALK_GIVING) {
        size_t left = talk->letter->line.size - talk->at;
        talk->at += put(talk, talk->letter, left);
        enter(talk, talk->at == talk->letter->line.size ? TALK_GIVEN : TALK_GIVING);
    } else if (talk->stage == TALK_GIVEN) {
        enter(talk, TALK_HELD);
        if (talk->next) /* of the process before */
            ask(talk);
        return false;
    }
    return talk->stage == TALK_ASKED;
}

void talk_go_on(struct talk *talk)
{
    letter_free(talk->letter);
    talk->letter = TAKE(talk->next);
    talk->at = 1;
    enter(talk, TALK_GIVING);
}

void talk_finish(struct talk *talk)
{
    letter_free(TAKE(talk->letter));
    enter(talk, TALK_FREE);
}

void talk_end(struct talk *talk)
{
    runner_clear(&talk->runner);
    if (!talk->letter)
        talk->letter = TAKE(talk->next);
    talk->stage = TALK_FREE;
}
