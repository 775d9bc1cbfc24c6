// SPDX-License-Identifier: GPL-3.0-or-later
/* oom - processes that the kernel killed as memory had run out. It is over in a moment,
 * so it is remembered for a while: a state that nobody can see helps nobody.
 *
 * How many there were the kernel counts; who they were is in its log, whose last kills
 * they are: its times are of a clock of its own. In a container those of the container
 * count, as its control group does; the machine's are the machine's concern. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/units.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH        "/proc/vmstat"
#define GROUP       "/sys/fs/cgroup/memory.events" /* the machine itself has none */
#define NAMES_MAX   200  /* bytes of the names that are told */
#define RECORD_SIZE 8192 /* bytes; the kernel's own limit of one */
#define RECORDS_MAX 100000

static const struct setting oom_settings[] = {
    {"warn", SETTING_NUMBER, "1", "kills", "as many as are remembered"},
    {"fail", SETTING_NUMBER, NULL, "kills", "as many as are remembered"},
    {"remember", SETTING_DURATION, "1h", NULL, "until the last one is forgotten"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

struct memory {
    uint64_t count;       /* as the kernel counts, at the last look */
    int64_t killed;       /* us, monotonic: when a kill was seen last */
    double remembered;    /* kills, until they are forgotten */
    struct texts killees; /* "mysqld", "cc1": the last of them */
};

/* "6,1234,5678901,-;Out of memory: Killed process 4242 (mysqld) total-vm:…", where a
 * name may hold anything, "(sd-pam)" too. */
static void read_record(struct memory *memory, const char *record)
{
    static const char mark[] = "Killed process ";
    const char *at = strstr(record, mark);
    at = at ? strchr(at, '(') : NULL;
    const char *end = at ? strstr(at, ") total-vm") : NULL;
    end = end || !at ? end : strchr(at, ')');
    if (!end)
        return;
    AUTO(str) char *name = memory_copy(at + 1, (size_t)(end - at - 1));
    texts_add(&memory->killees, name);
}

static void read_lines(struct memory *memory, char *text)
{
    for (char *line = text; *line;) {
        char *end = line + strcspn(line, "\n");
        bool is_last = !*end;
        *end = '\0';
        read_record(memory, line);
        line = is_last ? end : end + 1;
    }
}

/* The kernel's log, a record each read; who may not read it learns no names. -EPIPE: it
 * went on so fast that records were lost. */
static void read_log(const struct look *look, struct memory *memory)
{
    AUTO(str) char *path = text_format("%s/dev/kmsg", look->root);
    AUTO(fd) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char text[RECORD_SIZE + 1];
    for (int i = 0; fd >= 0 && i < RECORDS_MAX; i++) {
        ssize_t size = read(fd, text, RECORD_SIZE);
        if (size < 0 && (errno == EPIPE || errno == EINTR))
            continue;
        if (size <= 0)
            return;
        text[size] = '\0';
        read_lines(memory, text);
    }
}

static void forget_first(struct texts *texts, size_t count)
{
    struct texts kept = {0};
    for (size_t i = count; i < texts->count; i++)
        texts_add(&kept, texts->items[i]);
    texts_clear(texts);
    *texts = kept;
}

/* The last so many of the log's kills. */
static void find_killees(const struct look *look, struct memory *memory)
{
    texts_clear(&memory->killees);
    read_log(look, memory);
    size_t count = memory->killees.count;
    if ((double)count > memory->remembered)
        forget_first(&memory->killees, count - (size_t)memory->remembered);
}

static struct memory *memory_of(struct look *look, uint64_t count)
{
    if (!*look->memory) {
        struct memory *memory = memory_new(sizeof *memory);
        memory->count = count;
        *look->memory = memory;
    }
    return *look->memory;
}

static void forget_kills(const struct look *look, struct memory *memory)
{
    int64_t limit = settings_duration(look->settings, "remember") * 1000;
    if (memory->remembered > 0 && look->monotonic - memory->killed >= limit) {
        memory->remembered = 0;
        texts_clear(&memory->killees);
    }
}

static void say(struct look *look, const struct memory *memory)
{
    if (memory->remembered <= 0) {
        findings_state(look->findings, NULL, STATE_OK,
                       "no process was killed for want of memory");
        return;
    }
    char ago[UNITS_TEXT_SIZE];
    AUTO(strbuf) struct strbuf names = {0};
    for (size_t i = 0; i < memory->killees.count && names.size < NAMES_MAX; i++)
        strbuf_printf(&names, "%s, ", memory->killees.items[i]);
    AUTO(str)
    char *detail =
        text_format("%slast %s ago", strbuf_text(&names),
                    duration_format((look->monotonic - memory->killed) / 1000, ago));
    look_judge(look, NULL,
               &(struct threshold){
                   .what = "processes killed for want of memory:",
                   .value = memory->remembered,
                   .unit = "",
                   .detail = detail,
               });
}

static int oom_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    uint64_t count;
    int rc = look_read(look, GROUP, &text, NULL);
    if (rc < 0)
        rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    if (!proc_field(strbuf_text(&text), "oom_kill", &count))
        return 0; /* a kernel before 4.13 does not count them */

    struct memory *memory = memory_of(look, count);
    double rise = memory->count <= count ? (double)(count - memory->count) : 0;
    forget_kills(look, memory);
    if (rise > 0) {
        memory->remembered += rise;
        memory->killed = look->monotonic;
        find_killees(look, memory);
    }
    memory->count = count;
    look_reading(look, NULL, "kills", rise, "");
    say(look, memory);
    return 0;
}

static void oom_forget(void *kept)
{
    struct memory *memory = kept;
    if (!memory)
        return;
    texts_clear(&memory->killees);
    free(memory);
}

const struct monitor monitor_oom = {
    .name = "oom",
    .help = "processes that the kernel killed as memory had run out",
    .settings = oom_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = oom_look,
    .forget = oom_forget,
};
