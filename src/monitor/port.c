// SPDX-License-Identifier: GPL-3.0-or-later
/* port - whether servers take connections, how fast, and what they say. Each address is
 * a part: port:localhost:25. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "monitor/monitor.h"
#include "monitor/verdict.h"
#include "monitor/wire.h"

#define HEARD_SHOWN 80 /* bytes of an answer that was not expected */

static const struct setting port_settings[] = {
    {"address", SETTING_TEXTS, setting_required, NULL,
     "HOST:PORT, [ADDRESS]:PORT, or the path of a Unix socket"},
    {"send", SETTING_TEXT, NULL, NULL, "what to say first"},
    {"expect", SETTING_TEXT, NULL, NULL, "what the answer must hold"},
    {"warn", SETTING_DURATION, NULL, NULL, "time to connect, from which on it warns"},
    {"fail", SETTING_DURATION, NULL, NULL, "time to connect, from which on it fails"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static void tell_answer(struct verdict *verdict, const char *expected,
                        const struct strbuf *heard, const struct error *why)
{
    AUTO(str)
    char *shown = memory_copy(strbuf_text(heard),
                              heard->size < HEARD_SHOWN ? heard->size : HEARD_SHOWN);
    utf8_tidy(shown, strlen(shown));
    AUTO(str)
    char *text =
        text_format("found \"%s\", expected \"%s\": %s", shown, expected, why->text);
    verdict_add_state(verdict, STATE_FAIL, text);
}

/* false: there is nothing to be measured any more. */
static bool talk(const struct look *look, const struct wire *wire,
                 struct verdict *verdict)
{
    const char *words = settings_text(look->settings, "send");
    const char *expected = settings_text(look->settings, "expect");
    AUTO(strbuf) struct strbuf heard = {0};
    struct error why;
    if (words && wire_send(wire, words, strlen(words), &why) < 0) {
        verdict_add_state(verdict, STATE_FAIL, why.text);
        return false;
    }
    if (expected && wire_expect(wire, expected, &heard, &why) < 0) {
        tell_answer(verdict, expected, &heard, &why);
        return false;
    }
    return true;
}

static void try_address(const struct look *look, const char *address, int64_t deadline)
{
    int64_t start = clock_monotonic();
    AUTO(verdict) struct verdict verdict = {0};
    AUTO(wire) struct wire wire = {.fd = -1};
    struct error why;
    int rc = wire_open(address, deadline, &wire, &why);
    if (rc < 0) {
        findings_state(look->findings, address,
                       rc == -EINVAL ? STATE_UNKNOWN : STATE_FAIL, "no connection: %s",
                       why.text);
        return;
    }
    double latency = (double)(clock_monotonic() - start) / 1e6;
    look_reading(look, address, "latency", latency, "s");
    if (talk(look, &wire, &verdict)) {
        verdict_add_state(&verdict, STATE_OK, "it answers");
        verdict_add(&verdict, &(struct threshold){.what = "connected after",
                                                  .value = latency,
                                                  .unit = "s",
                                                  .warn = look_bound(look, "warn"),
                                                  .fail = look_bound(look, "fail")});
    }
    verdict_say(&verdict, look->findings, address);
}

static int port_look(struct look *look, struct error *err UNUSED)
{
    const struct texts *addresses = settings_texts(look->settings, "address");
    for (size_t i = 0; i < addresses->count; i++)
        try_address(look, addresses->items[i],
                    wire_deadline(look, addresses->count - i));
    return 0;
}

const struct monitor monitor_port = {
    .name = "port",
    .help = "servers by their TCP port or Unix socket, and what they answer",
    .settings = port_settings,
    .place = MONITOR_FORKED,
    .look = port_look,
};
