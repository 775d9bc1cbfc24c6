// SPDX-License-Identifier: GPL-3.0-or-later
/* tag - names of what runs, made fit for a message; and an argv as one line of
 * shell. */
#ifndef BARK_TAG_H
#define BARK_TAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/strbuf.h"

/* A name without control characters, its white space squeezed, what is not UTF-8 as
 * U+FFFD, at most 255 bytes of whole characters. "" when nothing is left. To be
 * freed. */
char *tag_clean(const char *name) MUST_USE;

/* Whether tag_clean leaves nothing of it. */
bool tag_is_blank(const char *name);

/* The tag of a command that was given none: its first 100 characters, cleaned. */
char *tag_of_command(const char *command, size_t size) MUST_USE;

/* The same for the same command, and tells nothing of what is in it. To be freed. */
char *tag_hide_command(const char *command) MUST_USE;

/* Whether a message can hold the name as it is: see message.h. */
bool tag_is_clean(const char *name);

#define TAG_FILE_SIZE 256

/* The name of a file of the tag's own: letters, digits and "._-" as they are, the rest
 * as %XX; a long one is cut and ends with its hash. */
void tag_file(const char *tag, char ret[TAG_FILE_SIZE]);

/* The words so that a shell reads them back as they are: ls 'a b' "it's" is
 * ls 'a b' 'it'\''s'. */
void quote_argv(char *const *argv, struct strbuf *buf);

#endif
