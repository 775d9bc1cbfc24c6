// SPDX-License-Identifier: GPL-3.0-or-later
/* oom - processes that the kernel killed as memory had run out. It is over in a moment,
 * so it is remembered for a while: a state that nobody can see helps nobody. */
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
    uint64_t count;        /* as the kernel counts, at the last look */
    int64_t looked;        /* us, monotonic: when that was */
    int64_t killed;        /* us, monotonic: when a kill was seen last */
    double remembered;     /* kills, until they are forgotten */
    struct strbuf killees; /* "mysqld, cc1" */
};

/* "6,1234,5678901,-;Out of memory: Killed process 4242 (mysqld) total-vm:…": the third
 * is us since the start. */
static void read_record(struct memory *memory, const char *record)
{
    static const char mark[] = "Killed process ";
    int64_t time = 0;
    const char *at = strstr(record, mark);
    if (!at || sscanf(record, "%*u,%*u,%" SCNd64, &time) != 1 || time < memory->looked)
        return;
    at = strchr(at, '(');
    const char *end = at ? strchr(at, ')') : NULL;
    if (!end || memory->killees.size + (size_t)(end - at) > NAMES_MAX)
        return;
    strbuf_puts(&memory->killees, memory->killees.size > 0 ? ", " : "");
    strbuf_add(&memory->killees, at + 1, (size_t)(end - at - 1));
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

static struct memory *memory_of(struct look *look, uint64_t count)
{
    if (!*look->memory) {
        struct memory *memory = memory_new(sizeof *memory);
        memory->count = count;
        memory->looked = look->monotonic;
        *look->memory = memory;
    }
    return *look->memory;
}

static void forget_kills(const struct look *look, struct memory *memory)
{
    int64_t limit = settings_duration(look->settings, "remember") * 1000;
    if (memory->remembered > 0 && look->monotonic - memory->killed >= limit) {
        memory->remembered = 0;
        strbuf_clear(&memory->killees);
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
    AUTO(str)
    char *detail =
        text_format("%s%slast %s ago", strbuf_text(&memory->killees),
                    memory->killees.size > 0 ? ", " : "",
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
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    uint64_t count;
    if (!proc_field(strbuf_text(&text), "oom_kill", &count))
        return 0; /* a kernel before 4.13 does not count them */

    struct memory *memory = memory_of(look, count);
    double rise = memory->count <= count ? (double)(count - memory->count) : 0;
    forget_kills(look, memory);
    if (rise > 0) {
        memory->remembered += rise;
        memory->killed = look->monotonic;
        read_log(look, memory);
    }
    memory->count = count;
    memory->looked = look->monotonic;
    look_reading(look, NULL, "kills", rise, "");
    say(look, memory);
    return 0;
}

static void oom_forget(void *kept)
{
    struct memory *memory = kept;
    if (!memory)
        return;
    strbuf_clear(&memory->killees);
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
