// SPDX-License-Identifier: GPL-3.0-or-later
/* findings - an array that grows by doubling. */
#include "alert/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void finding_clear(struct finding *finding)
{
    free(finding->host);
    free(finding->tag);
    free(finding->severity);
    free(finding->text);
    free(finding->why);
}

void findings_clear(struct findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        finding_clear(&findings->items[i]);
    free(findings->items);
    *findings = (struct findings){0};
}

static struct finding *push(struct findings *findings, struct finding row)
{
    if (findings->count == findings->room) {
        findings->room = findings->room ? findings->room * 2 : 16;
        findings->items =
            memory_resize(findings->items, findings->room * sizeof *findings->items);
    }
    findings->items[findings->count] = row;
    return &findings->items[findings->count++];
}

struct finding *findings_add(struct findings *findings, const char *host,
                             const char *tag, const char *severity, const char *text)
{
    return push(findings, (struct finding){.host = text_copy(host),
                                           .tag = text_copy(tag),
                                           .severity = text_copy(severity),
                                           .text = text_copy(text)});
}

void findings_add_all(struct findings *from, struct findings *to)
{
    for (size_t i = 0; i < from->count; i++) {
        push(to, from->items[i]);
        from->items[i] = (struct finding){0};
    }
    findings_clear(from);
}

static int compare(const void *left, const void *right)
{
    const struct finding *one = left, *other = right;
    int order = strcmp(one->host, other->host);
    if (order == 0)
        order = strcmp(one->tag, other->tag);
    if (order == 0)
        order = strcmp(one->severity, other->severity);
    return order ? order : strcmp(one->text, other->text);
}

void findings_sort(struct findings *findings)
{
    if (findings->count > 0)
        qsort(findings->items, findings->count, sizeof *findings->items, compare);
}

struct finding *findings_find(const struct findings *findings,
                              const struct finding *like)
{
    return findings->count > 0 ? bsearch(like, findings->items, findings->count,
                                         sizeof *findings->items, compare)
                               : NULL;
}

void findings_move(struct findings *from, struct findings *to,
                   bool (*is_kept)(void *context, const struct finding *finding),
                   void *context)
{
    for (size_t i = 0; i < from->count; i++)
        if (is_kept(context, &from->items[i])) {
            push(to, from->items[i]);
            from->items[i] = (struct finding){0};
        }
    findings_clear(from);
}
