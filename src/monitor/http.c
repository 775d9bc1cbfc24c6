// SPDX-License-Identifier: GPL-3.0-or-later
/* http - whether pages are served as they should be. The look is probe/http.c's: it
 * needs libcurl, which the daemon does not load. */
#include "monitor/monitor.h"
#include "monitor/probing.h"

static const struct setting http_settings[] = {
    {"url", SETTING_TEXTS, setting_required, NULL, "http://… or https://…"},
    {"status", SETTING_TEXTS, "2xx", NULL, "what it may answer: 200, 2xx, 200-299"},
    {"contains", SETTING_TEXT, NULL, NULL, "what must stand in the page"},
    {"matches", SETTING_TEXT, NULL, NULL, "an extended regular expression for it"},
    {"warn", SETTING_DURATION, "3s", NULL, "time to the end, from which on it warns"},
    {"fail", SETTING_DURATION, NULL, NULL, "time to the end, from which on it fails"},
    {"certificate-warn", SETTING_DURATION, "21d", NULL, "time left, warn from it down"},
    {"certificate-fail", SETTING_DURATION, "7d", NULL, "time left, fail from it down"},
    {"redirects", SETTING_NUMBER, "5", NULL, "how many to follow"},
    {"method", SETTING_TEXT, "GET", NULL, "GET, HEAD, POST, …"},
    {"header", SETTING_SECRETS, NULL, NULL, "\"NAME: VALUE\", to be sent"},
    {"body", SETTING_SECRET, NULL, NULL, "to be sent"},
    {"ca", SETTING_TEXT, NULL, NULL, "file of certificates to trust, not the system's"},
    {"insecure", SETTING_FLAG, "#f", NULL, "trust any certificate"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static int http_command(const struct settings *settings UNUSED, struct texts *argv,
                        struct error *err)
{
    return probing_command("http", argv, err);
}

const struct monitor monitor_http = {
    .name = "http",
    .help = "pages by their status, content, time and certificate",
    .settings = http_settings,
    .place = MONITOR_PROGRAM,
    .command = http_command,
};
