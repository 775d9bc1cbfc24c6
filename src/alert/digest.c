// SPDX-License-Identifier: GPL-3.0-or-later
/* digest - sections of lines, each from one look at the store; an empty one is left
 * out. */
#include "alert/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/units.h"
#include "base/utf8.h"
#include "rules/question.h"
#include "store/incidents.h"

#define LINES_MAX  50  /* of a section */
#define LINE_SIZE  300 /* bytes */
#define ASK_MS     10000
#define QUIET_MIN  (15 * 60 * 1000) /* ms without a beat that are worth a line */
#define QUIET_BEAT 3                /* and so many beats */
#define LATE_MS    (5 * 60 * 1000)  /* of a digest, that are worth a line */

enum section {
    SECTION_NEW,
    SECTION_STILL,
    SECTION_OVER,
    SECTION_LATE,
    SECTION_CHECKS,
    SECTION_DISKS,
    SECTION_SILENCES,
    SECTION_UNHEARD,
    SECTION_NOTHING,
    SECTIONS
};

static const char *const headings[SECTIONS] = {
    [SECTION_NEW] = "new",
    [SECTION_STILL] = "still wrong",
    [SECTION_OVER] = "over",
    [SECTION_LATE] = "expected, and not come yet",
    [SECTION_CHECKS] = "worth a look",
    [SECTION_DISKS] = "disks that will be full",
    [SECTION_SILENCES] = "silences",
    [SECTION_UNHEARD] = "not heard",
    [SECTION_NOTHING] = "sent nothing",
};

struct digest {
    struct store *asker;
    const struct library *library;
    int64_t since, now;
    struct {
        struct strbuf lines;
        size_t count;
    } sections[SECTIONS];
    int64_t hosts;
};

static void digest_clear(struct digest *digest)
{
    for (enum section i = 0; i < SECTIONS; i++)
        strbuf_clear(&digest->sections[i].lines);
}

AUTO_DEFINE_CLEAR(digest)

/* ---- lines ---- */

static void put_time(struct strbuf *buf, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format_local(time, CLOCK_ZONED, text);
    strbuf_puts(buf, text);
}

/* The line is taken over. */
static void add_line(struct digest *digest, enum section section, struct strbuf *line)
{
    AUTO(str) char *text = strbuf_take(line);
    size_t size = strlen(text);
    if (digest->sections[section].count++ >= LINES_MAX)
        return;
    if (size > LINE_SIZE) {
        size = LINE_SIZE - utf8_torn_tail(text, LINE_SIZE);
        text[size] = '\0';
    }
    utf8_tidy(text, size);
    strbuf_printf(&digest->sections[section].lines, "  %s\n", text);
}

/* ---- what is wrong, and was ---- */

static enum section section_of(const struct digest *digest,
                               const struct incident *incident)
{
    if (incident->ended > 0)
        return SECTION_OVER;
    if (strcmp(incident->severity, "check") == 0)
        return SECTION_CHECKS;
    return incident->began >= digest->since ? SECTION_NEW : SECTION_STILL;
}

static int add_incident(const struct incident *incident, void *context)
{
    struct digest *digest = context;
    AUTO(strbuf) struct strbuf line = {0};
    char lasted[UNITS_TEXT_SIZE];
    strbuf_printf(&line, "%s %s %s, ", incident->severity,
                  *incident->host ? incident->host : "server", incident->tag);
    if (incident->ended > 0) {
        strbuf_printf(&line, "for %s until ",
                      duration_format(incident->ended - incident->began, lasted));
        put_time(&line, incident->ended);
    } else {
        strbuf_puts(&line, "since ");
        put_time(&line, incident->began);
    }
    if (incident->acknowledged_until > digest->now && incident->acknowledged_by)
        strbuf_printf(&line, ", acknowledged by %s", incident->acknowledged_by);
    if (*incident->text)
        strbuf_printf(&line, ": %s", incident->text);
    add_line(digest, section_of(digest, incident), &line);
    return 0;
}

static int add_incidents(struct digest *digest, struct error *err)
{
    const struct incident_filter filter = {.all = true, .since = digest->since};
    return store_each_incident(digest->asker, &filter, digest->now, add_incident,
                               digest, err);
}

/* ---- quiet ---- */

static int add_silence(const struct silence *silence, void *context)
{
    struct digest *digest = context;
    AUTO(strbuf) struct strbuf line = {0};
    if (silence->start > digest->now || digest->now >= silence->stop)
        return 0;
    strbuf_printf(&line, "%" PRId64 " host:%s tag:%s, until ", silence->number,
                  silence->host, silence->tag);
    put_time(&line, silence->stop);
    strbuf_printf(&line, ", by %s: %s", silence->who, silence->reason);
    add_line(digest, SECTION_SILENCES, &line);
    return 0;
}

/* One that promised beats is not heard when some are missing; of the others nothing is
 * known, but that they sent nothing for as long as this is about. */
static int add_host(const struct host_row *row, void *context)
{
    struct digest *digest = context;
    AUTO(strbuf) struct strbuf line = {0};
    int64_t quiet = digest->now - row->seen;
    int64_t beats = row->every * QUIET_BEAT;
    bool is_unheard = row->every > 0 && quiet > (beats > QUIET_MIN ? beats : QUIET_MIN);
    digest->hosts++;
    if (!is_unheard && !(row->every == 0 && row->seen < digest->since))
        return 0;
    strbuf_printf(&line, "%s, since ", row->host);
    put_time(&line, row->seen);
    add_line(digest, is_unheard ? SECTION_UNHEARD : SECTION_NOTHING, &line);
    return 0;
}

/* ---- what rules say ---- */

struct asking {
    const char *question; /* of rows of two texts and a time */
    enum section section;
    const char *before_time;
};

static void add_row(struct digest *digest, const struct asking *asking,
                    const json_t *row)
{
    AUTO(strbuf) struct strbuf line = {0};
    const char *host = json_string_value(json_array_get(row, 0));
    const char *what = json_string_value(json_array_get(row, 1));
    strbuf_printf(&line, "%s %s, %s ", host ? host : "", what ? what : "",
                  asking->before_time);
    put_time(&line, json_integer_value(json_array_get(row, 2)));
    add_line(digest, asking->section, &line);
}

/* A rule that somebody changed may be wrong now: that is no reason to say nothing. */
static void add_answer(struct digest *digest, const struct asking *asking,
                       const char *answer, bool is_known)
{
    json_t *json = json_loads(answer, 0, NULL);
    const char *error = json_string_value(json_object_get(json, "error"));
    size_t i;
    json_t *row;
    if (!is_known) {
        AUTO(strbuf) struct strbuf line = {0};
        strbuf_printf(&line, "not known: %s", error ? error : "no answer");
        add_line(digest, asking->section, &line);
    }
    json_array_foreach(json_object_get(json, "rows"), i, row)
        add_row(digest, asking, row);
    json_decref(json);
}

static void ask(struct digest *digest, struct relations *relations,
                const struct asking *asking)
{
    AUTO(strbuf) struct strbuf asked = {0};
    AUTO(strbuf) struct strbuf answer = {0};
    json_open(&asked, '{');
    json_field_text(&asked, "question", asking->question);
    json_field_number(&asked, "now", digest->now);
    json_close(&asked, '}');
    size_t size = asked.size;
    AUTO(question) struct question *question = question_new(strbuf_take(&asked), size);
    const struct question_means means = {.store = digest->asker,
                                         .relations = relations,
                                         .library = digest->library,
                                         .limits = {.time = ASK_MS}};
    bool is_known = question_answer(question, &means, &answer) == 0;
    add_answer(digest, asking, strbuf_text(&answer), is_known);
}

static void add_conclusions(struct digest *digest)
{
    static const struct asking askings[] = {
        {"expected(host, tag, _, _, due), due < now()", SECTION_LATE, "due"},
        {"disk_full_by(host, mount, time), time < now() + 30d", SECTION_DISKS, "by"},
    };
    AUTO(relations) struct relations *relations = relations_new(digest->asker);
    for (size_t i = 0; i < sizeof askings / sizeof *askings; i++)
        ask(digest, relations, &askings[i]);
}

/* ---- all of it ---- */

static int gather(struct digest *digest, struct error *err)
{
    int rc = add_incidents(digest, err);
    if (rc == 0)
        rc = store_each_silence(digest->asker, digest->now, false, add_silence, digest,
                                err);
    if (rc == 0)
        rc = store_each_host(digest->asker, NULL, add_host, digest, err);
    if (rc == 0)
        add_conclusions(digest);
    return rc;
}

/* "1 new, 2 still wrong, 4 over", or "nothing is wrong". */
static void put_sum(struct strbuf *buf, const struct digest *digest)
{
    size_t wrong =
        digest->sections[SECTION_NEW].count + digest->sections[SECTION_STILL].count;
    const char *between = "";
    for (enum section i = SECTION_NEW; i <= SECTION_OVER; i++) {
        if (digest->sections[i].count == 0)
            continue;
        strbuf_printf(buf, "%s%zu %s", between, digest->sections[i].count, headings[i]);
        between = ", ";
    }
    if (wrong == 0)
        strbuf_printf(buf, "%snothing is wrong", between);
}

static void put_section(struct strbuf *buf, const struct digest *digest,
                        enum section section)
{
    size_t count = digest->sections[section].count;
    if (count == 0)
        return;
    strbuf_printf(buf, "\n%s:\n\n%s", headings[section],
                  strbuf_text(&digest->sections[section].lines));
    if (count > LINES_MAX)
        strbuf_printf(buf, "  and %zu more\n", count - LINES_MAX);
}

void digest_put_late(int64_t due, int64_t now, struct strbuf *text)
{
    if (now - due < LATE_MS)
        return;
    strbuf_puts(text, "It is late: it was due ");
    put_time(text, due);
    strbuf_puts(text, ".\n");
}

int digest_put(struct store *asker, const struct library *library, int64_t since,
               int64_t now, struct strbuf *text, struct strbuf *subject,
               struct error *err)
{
    AUTO(digest)
    struct digest digest = {
        .asker = asker, .library = library, .since = since, .now = now};
    int rc = gather(&digest, err);
    if (rc < 0)
        return rc;
    strbuf_puts(text, "From ");
    put_time(text, since);
    strbuf_puts(text, " to ");
    put_time(text, now);
    strbuf_puts(text, ": ");
    put_sum(text, &digest);
    strbuf_printf(text, ".\n%" PRId64 " hosts are known.\n", digest.hosts);
    for (enum section i = 0; i < SECTIONS; i++)
        put_section(text, &digest, i);
    if (subject) {
        strbuf_puts(subject, "digest: ");
        put_sum(subject, &digest);
    }
    return 0;
}
