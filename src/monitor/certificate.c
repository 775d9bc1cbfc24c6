// SPDX-License-Identifier: GPL-3.0-or-later
/* certificate - how long certificates are still good. The look is that of
 * probe/certificate.c: it needs GnuTLS, which the daemon does not load. */
#include "monitor/monitor.h"
#include "monitor/probing.h"

static const struct setting certificate_settings[] = {
    {"every", SETTING_DURATION, "1h", NULL, "how long from one look to the next"},
    {"timeout", SETTING_DURATION, "30s", NULL, "after which a look is ended"},
    {"file", SETTING_TEXTS, NULL, NULL, "files, PEM or DER, or patterns of them"},
    {"address", SETTING_TEXTS, NULL, NULL, "HOST:PORT of servers that speak TLS"},
    {"starttls", SETTING_TEXT, NULL, NULL, "smtp, imap, pop3, ftp or postgres, first"},
    {"warn", SETTING_DURATION, "21d", NULL, "time left, warn from it down"},
    {"fail", SETTING_DURATION, "7d", NULL, "time left, fail from it down"},
    {"name", SETTING_TEXT, NULL, NULL, "to whom it must be made out, if not the host"},
    {"ca", SETTING_TEXT, NULL, NULL, "file of certificates to trust, not the system's"},
    {"insecure", SETTING_FLAG, "#f", NULL, "ask for neither the name nor trust"},
    {NULL, SETTING_TEXT, NULL, NULL, NULL},
};

static int certificate_command(const struct settings *settings UNUSED,
                               struct texts *argv, struct error *err)
{
    return probing_command("certificate", argv, err);
}

const struct monitor monitor_certificate = {
    .name = "certificate",
    .help = "certificates of files and of servers: how long they are still good",
    .settings = certificate_settings,
    .place = MONITOR_PROGRAM,
    .command = certificate_command,
};
