// SPDX-License-Identifier: GPL-3.0-or-later
/* story_parts - what the sources of story.h share.
 *
 *     story.c          what is told first, and how it is put together
 *     story_facts.c    where, when, since when, with what
 *     story_output.c   what was printed or said
 *     story_more.c     why, what it explains, what is new; what can be done */
#ifndef NOTIFY_STORY_PARTS_H
#define NOTIFY_STORY_PARTS_H

#include "notify/story.h"

/* ---- story_facts.c ---- */

void story_put_name(struct strbuf *buf, const char *name);
void story_put_duration(struct strbuf *buf, int64_t ms);
void story_put_time(struct strbuf *buf, int64_t time);
void story_put_signal(struct strbuf *buf, int signal);

/* Begins a line of facts. */
void story_put_label(struct strbuf *buf, const char *label);

void story_put_facts(struct strbuf *buf, const struct notice *notice);

/* That it could not be told for long. */
void story_put_delay(struct strbuf *buf, const struct notice *notice, int64_t now);

/* ---- story_output.c ---- */

/* What the message says; nothing of a recovery, whose output nobody needs to read. */
void story_put_words(struct strbuf *buf, const struct notice *notice);
void story_put_text(struct strbuf *buf, const char *text);

/* ---- story_more.c ---- */

void story_put_more(struct strbuf *buf, const struct notice *notice);

#endif
