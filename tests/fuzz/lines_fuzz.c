// SPDX-License-Identifier: GPL-3.0-or-later
/* lines_fuzz - any bytes as what a plugin printed: what is read is written and read
 * again as the same, and what is refused is refused in one line with its place. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "monitor/lines.h"

/* site(name text key, port number): rows of it may be objects. */
static void declare(struct relations *relations)
{
    struct relation *site = relation_new("site", NULL);
    relation_add_column(site, "name", COLUMN_TEXT, true);
    relation_add_column(site, "port", COLUMN_NUMBER, false);
    relations->items = memory_new(sizeof *relations->items);
    relations->items[relations->count++] = site;
}

static void check_text(const char *text, bool may_have_lines)
{
    for (; text && *text; text++) {
        bool is_line = *text == '\n' || *text == '\t';
        assert((unsigned char)*text >= ' ' || (is_line && may_have_lines));
        assert(*text != 0x7F);
    }
}

static void check_finding(const struct finding *finding)
{
    check_text(finding->text, true);
    check_text(finding->part, false);
    check_text(finding->host, false);
    check_text(finding->name, false);
    check_text(finding->unit, false);
    check_text(finding->subject, false);
    assert(isfinite(finding->value));
    assert(finding->rows.count <= LINES_ROWS_MAX);
    assert((finding->type == FINDING_STATE) == (finding->state != STATE_NONE));
    assert(finding->type != FINDING_READING || (finding->name[0] && finding->unit));
    assert(finding->type != FINDING_FACT || finding->rows.count == 1);
    assert(finding->type != FINDING_NOTE || finding->text[0]);
}

static void check_round_trip(const struct finding *finding)
{
    AUTO(strbuf) struct strbuf line = {0}, again = {0};
    AUTO(findings) struct findings findings = {0};
    lines_format(finding, &line);
    assert(memchr(line.data, '\n', line.size) == line.data + line.size - 1);
    assert(utf8_is_valid(line.data, line.size));
    int rc = lines_parse(line.data, line.size - 1, NULL, &findings, NULL);
    assert(rc == 0 && findings.count == 1 && "what we wrote is refused");
    lines_format(&findings.items[0], &again);
    assert(strcmp(line.data, again.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(relations) struct relations relations = {0};
    AUTO(findings) struct findings findings = {0};
    declare(&relations);
    struct error err = {0};
    int rc = lines_parse_all((const char *)data, size, &relations, &findings, &err);
    int line, column;
    assert(rc == 0 ||
           (sscanf(err.text, "line %d: column %d: ", &line, &column) == 2 && line > 0 &&
            column > 0 && utf8_is_valid(err.text, strlen(err.text))));
    for (size_t i = 0; i < findings.count; i++) {
        check_finding(&findings.items[i]);
        check_round_trip(&findings.items[i]);
    }
    return 0;
}
