// SPDX-License-Identifier: GPL-3.0-or-later
/* perfdata_fuzz - any bytes as what a Nagios plugin printed: a state comes out of it,
 * and readings that can be sent; its perfdata is read to the end. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "monitor/monitor.h"
#include "monitor/perfdata.h"

extern const struct monitor monitor_nagios;

static void check_reading(const struct finding *reading)
{
    assert(reading->name[0] && isfinite(reading->value));
    for (const char *c = reading->name; *c; c++)
        assert(*c > ' ' && *c < 0x7F);
    assert(utf8_is_valid(reading->unit, strlen(reading->unit)));
    assert(!strpbrk(reading->unit, " \t\n;"));
}

static void check_items(const char *text)
{
    struct error err = {0};
    for (size_t at = 0, before = 0;; before = at) {
        AUTO(perfdata) struct perfdata item = {0};
        int rc = perfdata_next(text, &at, &item, &err);
        assert(rc < 0 ? !item.label && err.text[0] : rc == 0 || item.label[0]);
        assert(at <= strlen(text) && (rc == 0 || at > before));
        if (rc == 0)
            break;
    }
}

static struct settings *settings_new(void)
{
    struct form_setting setting = {.name = "command"};
    texts_add(&setting.values, "check_it");
    struct monitor_form form = {.name = "nagios", .settings = &setting, .count = 1};
    struct settings_tables tables = {.own = monitor_nagios.settings, .path = "conf"};
    struct settings *settings = NULL;
    if (settings_read(&tables, &form, &settings, NULL) < 0)
        abort();
    texts_clear(&setting.values);
    return settings;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *out = memory_copy(data, size);
    AUTO(settings) struct settings *settings = settings_new();
    AUTO(findings) struct findings findings = {0};
    struct look look = {.settings = settings, .root = "", .findings = &findings};
    struct ended ended = {.status = size > 0 ? data[0] % 5 : 0,
                          .out = out,
                          .out_size = size,
                          .errors = ""};
    int rc = monitor_nagios.read(&look, &ended, NULL);
    assert(rc == 0 && findings.items[0].type == FINDING_STATE);
    for (size_t i = 1; i < findings.count; i++)
        if (findings.items[i].type == FINDING_READING)
            check_reading(&findings.items[i]);
        else
            assert(findings.items[i].type == FINDING_LOG && i + 1 == findings.count);
    check_items(out);
    return 0;
}
