// SPDX-License-Identifier: GPL-3.0-or-later
/* choice - patterns are those of fnmatch(3), in which / is a letter like others. */
#include "monitor/choice.h"

#include <fnmatch.h>
#include <string.h>

static bool matches(const struct texts *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->items[i], name, 0) == 0)
            return true;
    return false;
}

bool choice_has(const struct settings *settings, const char *name)
{
    const struct texts *only = settings_texts(settings, "only");
    if (only->count > 0)
        return matches(only, name);
    return !matches(settings_texts(settings, "except"), name);
}

const char *choice_next_name(const struct settings *settings, size_t *at)
{
    const struct texts *only = settings_texts(settings, "only");
    while (*at < only->count) {
        const char *name = only->items[(*at)++];
        if (!strpbrk(name, "*?["))
            return name;
    }
    return NULL;
}

bool choice_names(const struct settings *settings, const char *name)
{
    size_t at = 0;
    for (const char *named; (named = choice_next_name(settings, &at));)
        if (strcmp(named, name) == 0)
            return true;
    return false;
}

bool choice_is_read(const struct look *look, const char *part)
{
    const struct findings *findings = look->findings;
    const char *last = NULL;
    size_t parts = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (finding->type != FINDING_READING || !finding->part ||
            (last && strcmp(finding->part, last) == 0))
            continue;
        last = finding->part;
        parts++;
    }
    return parts < CHOICE_READ || (last && strcmp(last, part) == 0) ||
           settings_texts(look->settings, "only")->count > 0;
}
