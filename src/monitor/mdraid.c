// SPDX-License-Identifier: GPL-3.0-or-later
/* mdraid - whether the arrays of Linux's software RAID have all their disks. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "monitor/choice.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH "/proc/mdstat"

static const struct setting mdraid_settings[] = {
    {"only", SETTING_TEXTS, NULL, NULL, "arrays, as patterns; default: all but except"},
    {"except", SETTING_TEXTS, NULL, NULL, "arrays that are left out, as patterns"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

struct array {
    char name[32];
    char state[16];       /* "active", "inactive", "broken" */
    bool is_container;    /* of a maker's own format: what is in it is an array too */
    struct strbuf failed; /* names of disks, parted by blanks */
    int wanted, working;  /* disks; 0: it has no spare to lose, as raid0 */
    char action[16];      /* "recovery", "resync", "check", "reshape"; "" */
    double progress;      /* percent; NAN: it waits for its turn */
};

/* "md0 : active raid1 sdb1[1] sda1[0](F)" */
static bool parse_head(const char *line, struct array *ret)
{
    int length = 0;
    if (sscanf(line, "%31s : %15s%n", ret->name, ret->state, &length) != 2 ||
        length == 0)
        return false;
    const char *at = line + length;
    while (*(at += strspn(at, " ")) && *at != '\n') {
        size_t word = strcspn(at, " \n"), name = strcspn(at, "[ \n");
        if (name < word && word > 3 && memcmp(at + word - 3, "(F)", 3) == 0) {
            strbuf_puts(&ret->failed, ret->failed.size > 0 ? " " : "");
            strbuf_add(&ret->failed, at, name);
        }
        at += word;
    }
    return true;
}

static bool is_active(const struct array *array)
{
    return strcmp(array->state, "active") == 0;
}

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

/* "      1048512 blocks super 1.2 [2/1] [U_]" */
static void parse_disks(const char *line, struct array *ret)
{
    const char *end = line + line_length(line);
    for (const char *at = line; at < end; at++) {
        int wanted, working, length = 0;
        if (sscanf(at, "[%d/%d]%n", &wanted, &working, &length) == 2 && length > 0) {
            ret->wanted = wanted;
            ret->working = working;
            return;
        }
    }
}

/* "      4420 blocks super external:imsm": what holds the arrays of such a format is
 * never active. Of an array in it there stands "external:/md127/0". */
static void parse_format(const char *line, struct array *ret)
{
    static const char mark[] = " super external:";
    const char *at = strstr(line, mark);
    if (at && at < line + line_length(line) && at[strlen(mark)] != '/')
        ret->is_container = true;
}

/* "      [==>......]  recovery = 12.6% (3704/29294) finish=…", or "resync=DELAYED" */
static void parse_action(const char *line, struct array *ret)
{
    static const char *const actions[] = {"recovery", "resync", "check", "reshape",
                                          NULL};
    for (const char *const *action = actions; *action; action++) {
        const char *at = strstr(line, *action);
        if (!at || at > line + line_length(line))
            continue;
        snprintf(ret->action, sizeof ret->action, "%s", *action);
        at += strlen(*action);
        at += strspn(at, " =");
        if (sscanf(at, "%lf%%", &ret->progress) != 1)
            ret->progress = NAN;
        return;
    }
}

static void add_disks(struct strbuf *text, const struct array *array)
{
    if (array->wanted > 0)
        strbuf_printf(text, "%d of %d disks", array->working, array->wanted);
    else
        strbuf_puts(text, "active");
    if (array->failed.size > 0)
        strbuf_printf(text, ", failed: %s", strbuf_text(&array->failed));
    if (array->action[0] && isfinite(array->progress))
        strbuf_printf(text, ", %s %.1f %%", array->action, array->progress);
    else if (array->action[0])
        strbuf_printf(text, ", %s waits", array->action);
}

/* One that lacks a disk and takes in another is on its way back. */
static enum state judge(const struct array *array)
{
    if (!is_active(array))
        return STATE_FAIL;
    if (array->working < array->wanted)
        return strcmp(array->action, "recovery") == 0 ? STATE_WARNING : STATE_FAIL;
    return array->failed.size > 0 ? STATE_WARNING : STATE_OK;
}

static void say(struct look *look, const struct array *array)
{
    if (!choice_has(look->settings, array->name) || array->is_container)
        return;
    AUTO(strbuf) struct strbuf text = {0};
    if (is_active(array))
        add_disks(&text, array);
    else
        strbuf_printf(&text, "the array is %s", array->state);
    findings_state(look->findings, array->name, judge(array), "%s", strbuf_text(&text));
    look_reading(look, array->name, "missing", array->wanted - array->working, "");
    if (array->action[0])
        look_reading(look, array->name, array->action, array->progress, "%");
}

/* Reads the lines of one array; gives where the next begins. */
static const char *look_at(struct look *look, const char *line)
{
    struct array array = {.progress = NAN};
    if (!parse_head(line, &array)) {
        strbuf_clear(&array.failed);
        return NULL;
    }
    for (line += line_length(line); *line == '\n' && isblank((unsigned char)line[1]);
         line += line_length(line)) {
        line++;
        parse_format(line, &array);
        if (array.wanted == 0)
            parse_disks(line, &array);
        if (!array.action[0])
            parse_action(line, &array);
    }
    say(look, &array);
    strbuf_clear(&array.failed);
    return line;
}

static bool is_named(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)); at += length)
        if ((at == text || at[-1] == '\n') && strncmp(at + length, " :", 2) == 0)
            return true;
    return false;
}

static void say_missing(struct look *look, const char *text)
{
    size_t at = 0;
    for (const char *name; (name = choice_next_name(look->settings, &at));)
        if (!is_named(text, name))
            findings_state(look->findings, name, STATE_FAIL, "there is no such array");
}

static int mdraid_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0 && rc != -ENOENT)
        return rc;
    const char *line = strbuf_text(&text);
    while (*line) {
        if (strncmp(line, "md", 2) == 0)
            line = look_at(look, line);
        else
            line += line_length(line);
        if (!line)
            return proc_malformed(PATH, err);
        line += *line == '\n';
    }
    say_missing(look, strbuf_text(&text));
    return 0;
}

const struct monitor monitor_mdraid = {
    .name = "mdraid",
    .help = "whether the arrays of software RAID have all their disks",
    .settings = mdraid_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = mdraid_look,
};
