// SPDX-License-Identifier: GPL-3.0-or-later
/* lines - what plugins say, a line each: a word, JSON, or an S-expression.
 *
 *     ok [TEXT]   warning [TEXT]   fail [TEXT]   unknown [TEXT]
 *     reading NAME VALUE [UNIT]    note TEXT
 *     fact RELATION VALUE …        log TEXT
 *
 *     {"state":"warning","text":"3 updates wait","part":"security","host":"penguin"}
 *     {"reading":"connections","value":12,"unit":"","part":"eth0"}
 *     {"fact":"site","row":["example.org",443]}    or "row":{"name":"example.org",…}
 *     {"facts":"site","rows":[["example.org",443],…]}
 *     {"note":"…"}  {"log":"…"}  {"mail":"…","subject":"…","to":"…"}
 *
 *     (warning "3 updates wait" (part "security"))  (reading connections 12 "")
 *     (fact site "example.org" 443)  (facts site ("example.org" 443) …)  (note "…")
 *
 * Comes from: what a plugin printed; what a forked look found (lines_format).
 * Goes to: findings.h. */
#ifndef MONITOR_LINES_H
#define MONITOR_LINES_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "message/relation.h"
#include "monitor/findings.h"

#define LINES_SIZE_MAX (1 << 20) /* bytes that one look may print */
#define LINES_ROWS_MAX RELATION_ROWS_MAX
#define LINES_TEXT_MAX (64 << 10) /* bytes of one text; what is longer is cut */

/* Reads one line, without its newline; an empty one adds nothing. relations: those that
 * the speaker declared, to read rows that are objects; may be none. -EINVAL: "column N:
 * found …, expected …". */
struct relations {
    struct relation **items;
    size_t count;
};
int lines_parse(const char *line, size_t size, const struct relations *relations,
                struct findings *findings, struct error *err) MUST_USE;

/* All lines of a text; an error begins with "line N: ", and what the other lines said
 * is kept: *err is that of the first wrong one. */
int lines_parse_all(const char *text, size_t size, const struct relations *relations,
                    struct findings *findings, struct error *err) MUST_USE;

/* A text from outside as findings hold it, to be freed: what is not UTF-8 becomes '?',
 * control characters but newlines and tabs blanks; cut at LINES_TEXT_MAX. */
char *lines_text(const char *bytes, size_t size) MUST_USE;

/* Appends it as JSON with a newline; lines_parse gives it back. */
void lines_format(const struct finding *finding, struct strbuf *buf);

void relations_clear(struct relations *relations); /* frees them */
AUTO_DEFINE_CLEAR(relations)
const struct relation *relations_find(const struct relations *relations,
                                      const char *name); /* NULL */

#endif
