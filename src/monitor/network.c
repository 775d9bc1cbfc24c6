// SPDX-License-Identifier: GPL-3.0-or-later
/* network - whether interfaces are up, and what they lose. One that is down is nobody's
 * concern unless it was up while we watched, which is a warning: somebody may have
 * closed a laptop or pulled out a cable. One that is named in the settings shall be up.
 *
 * A few errors are the normal life of radio, and the kernel counts as dropped whatever
 * nobody here asked for. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "monitor/choice.h"
#include "monitor/counters.h"
#include "monitor/proc.h"
#include "monitor/verdict.h"

#define PATH      "/proc/net/dev"
#define NAME_SIZE 32
#define IS_UP     0x1 /* IFF_UP, of the file flags */

static const struct setting network_settings[] = {
    {"only", SETTING_TEXTS, NULL, NULL,
     "interfaces, as patterns; default: all but except"},
    {"except", SETTING_TEXTS,
     "lo veth* docker* br-???????????? podman* lxc* lxdbr* virbr* vnet* tap* cali* "
     "cni* "
     "cilium* flannel* dummy* ifb*",
     NULL, "interfaces that are left out, as patterns"},
    {"warn", SETTING_NUMBER, "100", "per minute", "errors"},
    {"fail", SETTING_NUMBER, NULL, "per minute", "errors"},
    {"drops-warn", SETTING_NUMBER, "10000", "per minute", "packets dropped"},
    {"drops-fail", SETTING_NUMBER, NULL, "per minute", "packets dropped"},
    {"times", SETTING_NUMBER, "2", NULL,
     "how many looks in a row must find it worse until that is said"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

/* WAS_UP is not the kernel's: it was up at this look, or at one before. */
enum { IN, IN_ERRORS, IN_DROPS, OUT, OUT_ERRORS, OUT_DROPS, WAS_UP, FIELDS };

struct interface {
    char name[NAME_SIZE];
    uint64_t now[FIELDS];
};

/* "  eth0: 2087 22 0 0 0 0 0 0 1234 …" */
static bool parse(const char *line, struct interface *ret)
{
    uint64_t *now = ret->now;
    return sscanf(line,
                  " %31[^: ]: %" SCNu64 " %*u %" SCNu64 " %" SCNu64
                  " %*u %*u %*u %*u %" SCNu64 " %*u %" SCNu64 " %" SCNu64,
                  ret->name, &now[IN], &now[IN_ERRORS], &now[IN_DROPS], &now[OUT],
                  &now[OUT_ERRORS], &now[OUT_DROPS]) == WAS_UP + 1;
}

/* What has no link of its own, as a tunnel, says "unknown": it is up when it is
 * switched on. */
static bool is_up(const struct look *look, const char *name, const char **ret_why)
{
    char path[96], word[32];
    unsigned flags = IS_UP;
    snprintf(path, sizeof path, "/sys/class/net/%s/flags", name);
    sscanf(proc_word(look, path, word, sizeof word), "%x", &flags);
    *ret_why = "switched off";
    if (!(flags & IS_UP))
        return false;
    *ret_why = "no link";
    snprintf(path, sizeof path, "/sys/class/net/%s/operstate", name);
    proc_word(look, path, word, sizeof word);
    return strcmp(word, "up") == 0 || strcmp(word, "unknown") == 0 || !word[0];
}

static void add(struct verdict *verdict, const struct look *look, const char *what,
                double value, const char *warn, const char *fail)
{
    verdict_add(verdict, &(struct threshold){
                             .what = what,
                             .value = value,
                             .unit = "per minute",
                             .warn = look_bound(look, warn),
                             .fail = look_bound(look, fail),
                         });
}

static void compare(struct look *look, const struct interface *interface,
                    const uint64_t *before, double seconds, struct verdict *verdict)
{
    double rises[WAS_UP];
    for (int i = 0; i < WAS_UP; i++)
        rises[i] = counter_rise(before[i], interface->now[i]) / seconds;
    if (choice_is_read(look, interface->name)) {
        look_reading(look, interface->name, "in", rises[IN], "B/s");
        look_reading(look, interface->name, "out", rises[OUT], "B/s");
    }
    add(verdict, look, "errors", 60 * (rises[IN_ERRORS] + rises[OUT_ERRORS]), "warn",
        "fail");
    add(verdict, look, "drops", 60 * (rises[IN_DROPS] + rises[OUT_DROPS]), "drops-warn",
        "drops-fail");
}

/* -EAGAIN: it was not there at the last look, so nothing but its link is known. */
static int look_at(struct look *look, struct counters *counters,
                   struct interface *interface)
{
    const char *why;
    bool is_now_up = is_up(look, interface->name, &why);
    uint64_t before[FIELDS] = {0};
    bool is_known =
        counters_swap(counters, interface->name, interface->now, FIELDS, before);
    bool was_up = before[WAS_UP];
    counters_set(counters, interface->name, WAS_UP, is_now_up || was_up);
    bool is_named = choice_names(look->settings, interface->name);
    if (!is_now_up && !was_up && !is_named)
        return 0;

    AUTO(verdict) struct verdict verdict = {0};
    AUTO(str) char *down = text_format("the interface is down: %s", why);
    verdict_add_state(&verdict,
                      is_now_up  ? STATE_OK
                      : is_named ? STATE_FAIL
                                 : STATE_WARNING,
                      is_now_up ? "up" : down);
    if (is_known)
        compare(look, interface, before, counters_seconds(counters), &verdict);
    verdict_say(&verdict, look->findings, interface->name);
    return is_known ? 0 : -EAGAIN;
}

static bool has_line(const char *text, const char *name)
{
    struct interface interface;
    while ((text = strchr(text, '\n'))) {
        text++;
        if (parse(text, &interface) && strcmp(interface.name, name) == 0)
            return true;
    }
    return false;
}

static void say_missing(struct look *look, const char *text)
{
    size_t at = 0;
    for (const char *name; (name = choice_next_name(look->settings, &at));)
        if (!has_line(text, name))
            findings_state(look->findings, name, STATE_FAIL,
                           "there is no such interface");
}

static int network_look(struct look *look, struct error *err)
{
    AUTO(strbuf) struct strbuf text = {0};
    int rc = look_read(look, PATH, &text, err);
    if (rc < 0)
        return rc;
    const char *line = strbuf_text(&text);
    if (!strstr(line, "bytes"))
        return proc_malformed(PATH, err);

    struct counters *counters = counters_begin(look);
    bool is_new = false;
    for (int number = 0; *line; number++) {
        struct interface interface = {0};
        if (number >= 2 && !parse(line, &interface))
            return proc_malformed(PATH, err);
        if (number >= 2 && choice_has(look->settings, interface.name) &&
            look_at(look, counters, &interface) == -EAGAIN)
            is_new = true;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    counters_end(counters);
    say_missing(look, strbuf_text(&text));
    return is_new ? counters_need_look(err) : 0;
}

const struct monitor monitor_network = {
    .name = "network",
    .help = "whether interfaces are up, and what they lose",
    .settings = network_settings,
    .place = MONITOR_INLINE,
    .is_default = true,
    .look = network_look,
    .forget = counters_forget,
};
