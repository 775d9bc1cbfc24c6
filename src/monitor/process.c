// SPDX-License-Identifier: GPL-3.0-or-later
/* process - whether programs run, how many of each, and what they take.
 *
 * Each name is a part with a state of its own: process:nginx. What a look leaves behind
 * is how much each process had used by then, and who was the oldest: when that one is
 * gone, the program was started anew. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/memory.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"

#define COMM_SIZE    16        /* of a name, as the kernel cuts it, with a NUL */
#define STAT_MAX     4096      /* bytes */
#define COMMAND_MAX  (4 << 20) /* bytes */
#define RESTARTS_MAX 100       /* of one program that are remembered */

static const struct setting process_settings[] = {
    {"name", SETTING_TEXTS, NULL, NULL, "programs, or patterns of their names"},
    {"command", SETTING_TEXT, NULL, NULL, "a pattern that the command line fits"},
    {"min", SETTING_NUMBER, "1", NULL, "fewer that run are a fail"},
    {"max", SETTING_NUMBER, NULL, NULL, "more that run are a warning"},
    {"cpu-warn", SETTING_NUMBER, NULL, "%", "of a processor, from which on it warns"},
    {"cpu-fail", SETTING_NUMBER, NULL, "%", "of a processor, from which on it fails"},
    {"memory-warn", SETTING_SIZE, NULL, NULL, "resident, from which on it warns"},
    {"memory-fail", SETTING_SIZE, NULL, NULL, "resident, from which on it fails"},
    {"restarts-warn", SETTING_NUMBER, NULL, NULL, "restarts, from which on it warns"},
    {"restarts-fail", SETTING_NUMBER, NULL, NULL, "restarts, from which on it fails"},
    {"restarts-within", SETTING_DURATION, "1h", NULL, "the time in which they count"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* One process: by its start it differs from an earlier one of the same number. */
struct process {
    int pid;
    char name[COMM_SIZE];
    char state;                      /* 'R', 'S', 'D', 'T', 'Z', … */
    unsigned long long start, ticks; /* ticks since boot; of processor used */
    long long pages;                 /* resident */
};

struct processes {
    struct process *items;
    size_t count;
};

/* What is remembered of one part. */
struct history {
    struct processes processes;
    struct process oldest;          /* pid 0: none was seen yet */
    int64_t restarts[RESTARTS_MAX]; /* us, monotonic; the newest last */
    size_t restart_count;
};

struct process_memory {
    struct history *parts;
    size_t count;
    int64_t looked; /* us, monotonic */
};

/* What is found of one part now. */
struct group {
    const char *part; /* NULL: there is but one, and it has no name */
    struct processes processes;
    size_t running, stopped;
    double cpu; /* %; not finite: not known yet */
    double memory;
};

static void process_forget(void *memory)
{
    struct process_memory *remembered = memory;
    if (!remembered)
        return;
    for (size_t i = 0; i < remembered->count; i++)
        free(remembered->parts[i].processes.items);
    free(remembered->parts);
    free(remembered);
}

static struct process_memory *recall(struct look *look, size_t count)
{
    if (!*look->memory) {
        struct process_memory *fresh = memory_new(sizeof *fresh);
        fresh->parts = memory_new(count * sizeof *fresh->parts);
        fresh->count = count;
        *look->memory = fresh;
    }
    return *look->memory;
}

static void processes_add(struct processes *processes, const struct process *process)
{
    processes->items = memory_resize(processes->items,
                                     (processes->count + 1) * sizeof *processes->items);
    processes->items[processes->count++] = *process;
}

static const struct process *processes_find(const struct processes *processes,
                                            const struct process *wanted)
{
    for (size_t i = 0; i < processes->count; i++)
        if (processes->items[i].pid == wanted->pid &&
            processes->items[i].start == wanted->start)
            return &processes->items[i];
    return NULL;
}

/* ---- one process ---- */

/* "PID (NAME) STATE …": the name may hold anything, ") S 1" too. */
static bool parse_stat(const char *text, struct process *ret)
{
    unsigned long long user, own;
    const char *open = strchr(text, '('), *close = strrchr(text, ')');
    if (!open || !close || close < open)
        return false;
    int read = sscanf(close + 1,
                      " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d "
                      "%*d %*d %*d %*d %llu %*u %lld",
                      &ret->state, &user, &own, &ret->start, &ret->pages);
    snprintf(ret->name, sizeof ret->name, "%.*s", (int)(close - open - 1), open + 1);
    ret->ticks = user + own;
    return read == 5;
}

/* false: it is gone. */
static bool read_process(const struct look *look, int pid, struct process *ret)
{
    AUTO(str) char *path = text_format("%s/proc/%d/stat", look->root, pid);
    AUTO(strbuf) struct strbuf text = {0};
    ret->pid = pid;
    return files_read(path, STAT_MAX, &text, NULL) == 0 &&
           parse_stat(strbuf_text(&text), ret);
}

static bool fits_command(const struct look *look, int pid, const char *pattern)
{
    AUTO(str) char *path = text_format("%s/proc/%d/cmdline", look->root, pid);
    AUTO(strbuf) struct strbuf text = {0};
    if (files_read(path, COMMAND_MAX, &text, NULL) < 0)
        return false;
    while (text.size > 0 && text.data[text.size - 1] == '\0')
        strbuf_shorten(&text, text.size - 1);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\0')
            text.data[i] = ' ';
    return text.size > 0 && fnmatch(pattern, text.data, 0) == 0;
}

/* The kernel keeps 15 bytes of a name. */
static bool fits_name(const struct process *process, const char *pattern)
{
    if (strlen(pattern) >= COMM_SIZE && !strpbrk(pattern, "*?["))
        return strncmp(process->name, pattern, COMM_SIZE - 1) == 0;
    return fnmatch(pattern, process->name, 0) == 0;
}

/* To read the command line of a process that waits for a disk, we might have to wait
 * with it: such a one is what it was before. */
static bool fits(const struct look *look, const struct group *group,
                 const struct history *history, const struct process *process)
{
    const char *command = settings_text(look->settings, "command");
    if (group->part && !fits_name(process, group->part))
        return false;
    if (!command)
        return true;
    return process->state == 'D' ? processes_find(&history->processes, process) != NULL
                                 : fits_command(look, process->pid, command);
}

/* ---- all of them ---- */

struct groups {
    struct group *items;
    size_t count;
};

static void groups_clear(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free(groups->items[i].processes.items);
    free(groups->items);
}
AUTO_DEFINE_CLEAR(groups)

static void groups_init(struct groups *groups, const struct texts *names)
{
    groups->count = names->count > 0 ? names->count : 1;
    groups->items = memory_new(groups->count * sizeof *groups->items);
    for (size_t i = 0; i < names->count; i++)
        groups->items[i].part = names->items[i];
}

static void count_process(struct group *group, const struct process *process)
{
    if (process->state == 'T' || process->state == 't')
        group->stopped++;
    else if (process->state != 'Z' && process->state != 'X')
        group->running++;
    processes_add(&group->processes, process);
}

static int read_all(const struct look *look, const struct process_memory *memory,
                    struct groups *groups, struct error *err)
{
    AUTO(str) char *path = text_format("%s/proc", look->root);
    DIR *folder = opendir(path);
    if (!folder)
        return error_set(err, -errno, "%s: %s", path, strerror(errno));
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct process process;
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !read_process(look, (int)strtol(entry->d_name, NULL, 10), &process))
            continue;
        for (size_t i = 0; i < groups->count; i++)
            if (fits(look, &groups->items[i], &memory->parts[i], &process))
                count_process(&groups->items[i], &process);
    }
    closedir(folder);
    return 0;
}

/* What each used since the last look; one that is new, since it is there. */
static void measure(struct group *group, const struct history *history, int64_t elapsed)
{
    unsigned long long ticks = 0;
    for (size_t i = 0; i < group->processes.count; i++) {
        const struct process *process = &group->processes.items[i];
        const struct process *before = processes_find(&history->processes, process);
        ticks += process->ticks - (before ? before->ticks : 0);
        group->memory += (double)process->pages * (double)sysconf(_SC_PAGESIZE);
    }
    double seconds = (double)ticks / (double)sysconf(_SC_CLK_TCK);
    group->cpu = elapsed > 0 ? 100 * seconds / ((double)elapsed / 1e6) : NAN;
}

static const struct process *find_oldest(const struct processes *processes)
{
    const struct process *oldest = processes->items;
    for (size_t i = 1; i < processes->count; i++)
        if (processes->items[i].start < oldest->start)
            oldest = &processes->items[i];
    return oldest;
}

static void forget_restarts(struct history *history, int64_t since)
{
    size_t old = 0;
    while (old < history->restart_count && history->restarts[old] < since)
        old++;
    history->restart_count -= old;
    memmove(history->restarts, history->restarts + old,
            history->restart_count * sizeof *history->restarts);
}

static void add_restart(struct history *history, int64_t now)
{
    if (history->restart_count == RESTARTS_MAX)
        forget_restarts(history, history->restarts[0] + 1);
    if (history->restart_count < RESTARTS_MAX)
        history->restarts[history->restart_count++] = now;
}

/* As long as none is there, nothing was started anew. */
static void watch_restarts(const struct look *look, const struct group *group,
                           struct history *history)
{
    int64_t within = settings_duration(look->settings, "restarts-within");
    const struct process *oldest = find_oldest(&group->processes);
    forget_restarts(history, look->monotonic - within * 1000);
    if (!oldest)
        return;
    if (history->oldest.pid != 0 &&
        !processes_find(&group->processes, &history->oldest)) {
        findings_note(look->findings, group->part,
                      "started anew: the oldest process is %d, and was %d", oldest->pid,
                      history->oldest.pid);
        add_restart(history, look->monotonic);
    }
    history->oldest = *oldest;
}

/* ---- what to think of it ---- */

static void judge_count(struct verdict *verdict, const struct look *look,
                        const struct group *group)
{
    double min = settings_number(look->settings, "min");
    double max = look_bound(look, "max");
    double running = (double)group->running;
    enum state state = STATE_OK;
    AUTO(strbuf) struct strbuf text = {0};
    strbuf_printf(&text, "%zu running", group->running);
    if (group->stopped > 0)
        strbuf_printf(&text, " (%zu stopped)", group->stopped);
    if (running < min) {
        state = STATE_FAIL;
        strbuf_printf(&text, ", fail below %g", min);
    } else if (running > max) {
        state = STATE_WARNING;
        strbuf_printf(&text, ", warning above %g", max);
    }
    verdict_add_state(verdict, state, strbuf_text(&text));
}

static void judge(struct verdict *verdict, const struct look *look,
                  const struct group *group, const struct history *history)
{
    judge_count(verdict, look, group);
    verdict_add(verdict, &(struct threshold){.what = "processor",
                                             .value = group->cpu,
                                             .unit = "%",
                                             .warn = look_bound(look, "cpu-warn"),
                                             .fail = look_bound(look, "cpu-fail")});
    verdict_add(verdict, &(struct threshold){.what = "memory",
                                             .value = group->memory,
                                             .unit = "B",
                                             .warn = look_bound(look, "memory-warn"),
                                             .fail = look_bound(look, "memory-fail")});
    verdict_add(verdict,
                &(struct threshold){.what = "restarts",
                                    .value = (double)history->restart_count,
                                    .unit = "",
                                    .warn = look_bound(look, "restarts-warn"),
                                    .fail = look_bound(look, "restarts-fail")});
}

static void read_out(const struct look *look, const struct group *group,
                     const struct history *history)
{
    const char *part = group->part;
    look_reading(look, part, "count", (double)group->running, "");
    look_reading(look, part, "cpu", group->cpu, "%");
    look_reading(look, part, "memory", group->memory, "B");
    look_reading(look, part, "restarts", (double)history->restart_count, "");
}

static bool has_cpu_limit(const struct look *look)
{
    return settings_has(look->settings, "cpu-warn") ||
           settings_has(look->settings, "cpu-fail");
}

/* Until it is known what it uses, it is not well. */
static int conclude(struct look *look, struct group *group, struct history *history,
                    int64_t elapsed)
{
    AUTO(verdict) struct verdict verdict = {0};
    measure(group, history, elapsed);
    watch_restarts(look, group, history);
    judge(&verdict, look, group, history);
    read_out(look, group, history);
    free(history->processes.items);
    history->processes = group->processes;
    group->processes = (struct processes){0};
    if (elapsed == 0 && has_cpu_limit(look) && !state_is_wrong(verdict.state))
        return -EAGAIN;
    verdict_say(&verdict, look->findings, group->part);
    return 0;
}

static int process_look(struct look *look, struct error *err)
{
    const struct texts *names = settings_texts(look->settings, "name");
    AUTO(groups) struct groups groups = {0};
    if (names->count == 0 && !settings_has(look->settings, "command"))
        return error_set(err, -EINVAL, "expected (name \"…\") or (command \"…\")");
    groups_init(&groups, names);
    struct process_memory *memory = recall(look, groups.count);
    int rc = read_all(look, memory, &groups, err);
    if (rc < 0)
        return rc;
    int64_t elapsed = memory->looked ? look->monotonic - memory->looked : 0;
    for (size_t i = 0; i < groups.count; i++) {
        int result = conclude(look, &groups.items[i], &memory->parts[i], elapsed);
        rc = result < 0 ? result : rc;
    }
    memory->looked = look->monotonic;
    return rc;
}

const struct monitor monitor_process = {
    .name = "process",
    .help = "programs by name: whether they run, how many, and what they take",
    .settings = process_settings,
    .place = MONITOR_INLINE,
    .look = process_look,
    .forget = process_forget,
};
