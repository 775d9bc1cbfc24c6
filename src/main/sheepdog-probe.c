// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-probe - takes one look that needs a library which sheepdog-daemon does not
 * load. Started by it; settings come as JSON on stdin, lines go to stdout. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/say.h"
#include "command/command.h"
#include "probe/probe.h"

#define SETTINGS_MAX (1 << 20) /* bytes */

static int print_help(void)
{
    puts("usage: sheepdog-probe NAME <SETTINGS\n\n"
         "Looks once, with settings that are a JSON object, and prints what it finds.\n"
         "It is started by sheepdog-daemon.\n");
    for (const struct probe *const *probe = probes; *probe; probe++)
        printf("  %-12s %s\n", (*probe)->monitor->name, (*probe)->monitor->help);
    return EXIT_OK;
}

static int look(const struct probe *probe)
{
    AUTO(strbuf) struct strbuf json = {0};
    AUTO(strbuf) struct strbuf lines = {0};
    struct error err;
    int rc = files_read_fd(STDIN_FILENO, SETTINGS_MAX, &json, &err);
    if (rc == 0)
        rc = probe_run(probe, strbuf_text(&json), json.size, &lines, &err);
    if (rc == 0 &&
        (rc = files_write_all(STDOUT_FILENO, strbuf_text(&lines), lines.size)) < 0)
        error_set(&err, rc, "stdout: %s", strerror(-rc));
    if (rc == 0)
        return EXIT_OK;
    say("probe %s: %s", probe->monitor->name, err.text);
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return print_help();
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("sheepdog-probe " VERSION) < 0;
    const struct probe *probe = argc == 2 ? probe_find(argv[1]) : NULL;
    if (probe)
        return look(probe);
    say("probe: expected the name of a probe; see sheepdog-probe --help");
    return EXIT_USAGE;
}
