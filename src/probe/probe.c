// SPDX-License-Identifier: GPL-3.0-or-later
/* probe - JSON becomes a form of the configuration, as which it was read before it was
 * JSON: one table, and one place, say what a monitor may be told. */
#include "probe/probe.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "monitor/lines.h"

static void form_auto(struct monitor_form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        free(form->settings[i].name);
        texts_clear(&form->settings[i].values);
    }
    free(form->settings);
}

/* false: it is no value of a setting. */
static bool add_value(struct texts *values, const json_t *json)
{
    AUTO(str) char *number = NULL;
    if (json_is_string(json))
        texts_add(values, json_string_value(json));
    else if (json_is_boolean(json))
        texts_add(values, json_is_true(json) ? "#t" : "#f");
    else if (json_is_number(json))
        texts_add(values, number = text_format("%.15g", json_number_value(json)));
    else
        return false;
    return true;
}

static bool add_setting(struct monitor_form *form, const char *name, json_t *json)
{
    form->settings =
        memory_resize(form->settings, (form->count + 1) * sizeof *form->settings);
    struct form_setting *setting = &form->settings[form->count++];
    *setting = (struct form_setting){.name = text_copy(name)};
    if (!json_is_array(json))
        return add_value(&setting->values, json);
    bool is_good = true;
    json_t *item;
    size_t i;
    json_array_foreach(json, i, item) is_good =
        is_good && add_value(&setting->values, item);
    return is_good;
}

static int read_form(const char *text, size_t size, struct monitor_form *form,
                     struct error *err)
{
    json_error_t why;
    json_auto_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
    const char *name;
    json_t *value;
    if (!json_is_object(json))
        return error_set(err, -EINVAL, "the settings on stdin are no JSON object: %s",
                         json ? "something else" : why.text);
    json_object_foreach(json, name, value)
    {
        if (!json_is_null(value) && !add_setting(form, name, value))
            return error_set(err, -EINVAL, "\"%.60s\": it has no value of a setting",
                             name);
    }
    return 0;
}

static int read_settings(const struct monitor *monitor, const char *json, size_t size,
                         struct settings **ret, struct error *err)
{
    struct settings_tables tables = {.own = monitor->settings, .path = "stdin"};
    AUTO(form) struct monitor_form form = {.name = (char *)monitor->name};
    bool is_empty = strspn(json, " \t\r\n") == size;
    int rc = is_empty ? 0 : read_form(json, size, &form, err);
    return rc < 0 ? rc : settings_read(&tables, &form, ret, err);
}

int probe_run(const struct probe *probe, const char *json, size_t size,
              struct strbuf *ret, struct error *err)
{
    AUTO(settings) struct settings *settings = NULL;
    AUTO(findings) struct findings findings = {0};
    void *memory = NULL;
    struct error why;
    int rc = read_settings(probe->monitor, json, size, &settings, err);
    if (rc < 0)
        return rc;
    struct look look = {.settings = settings,
                        .root = "",
                        .now = clock_now(),
                        .monotonic = clock_monotonic(),
                        .memory = &memory,
                        .findings = &findings};
    if (probe->look(&look, &why) < 0)
        findings_state(&findings, NULL, STATE_UNKNOWN, "%s", why.text);
    for (size_t i = 0; i < findings.count; i++)
        lines_format(&findings.items[i], ret);
    return 0;
}
