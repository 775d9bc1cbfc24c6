// SPDX-License-Identifier: GPL-3.0-or-later
/* sheepdog-look - runs those commands of `sheepdog` that ask the server. Nobody needs
 * to call it by hand: `sheepdog list …` becomes `sheepdog-look list …`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "look/look.h"
#include "look/screen.h"

#define LOOKS_MAX 16

static const struct command *find(const char *name)
{
    for (const struct command *const *look = looks; *look; look++)
        if (strcmp((*look)->name, name) == 0)
            return *look;
    return NULL;
}

static void print_looks(FILE *to)
{
    fputs("usage: sheepdog-look COMMAND [OPTION …]\n\n", to);
    for (const struct command *const *look = looks; *look; look++)
        fprintf(to, "  %-8s %s\n", (*look)->name, (*look)->summary);
    fputs("\nEach tells its options with --help.\n", to);
}

static int fail_unknown(const char *name)
{
    const char *known[LOOKS_MAX + 1] = {0};
    for (size_t i = 0; i < LOOKS_MAX && looks[i]; i++)
        known[i] = looks[i]->name;
    char hint[80];
    struct error why;
    error_set(&why, -EINVAL, "there is no command %.40s%s", name,
              suggest_text(name, known, hint, sizeof hint));
    fprintf(stderr, "sheepdog-look: %s\n", why.text);
    return EXIT_USAGE;
}

static int close_stdout(int exit_status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    perror("sheepdog: stdout");
    return EXIT_FAILED;
}

int main(int argc, char **argv)
{
    screen_use_locale();
    if (argc < 2) {
        print_looks(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_looks(stdout);
        return close_stdout(EXIT_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("sheepdog " VERSION);
        return close_stdout(EXIT_OK);
    }
    const struct command *look = find(argv[1]);
    if (!look)
        return fail_unknown(argv[1]);
    return close_stdout(look->run(argc - 1, argv + 1));
}
