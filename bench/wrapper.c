// SPDX-License-Identifier: GPL-3.0-or-later
/* wrapper - what watching a job costs: `sheepdog -e true`, with nothing to send,
 * against a bare fork, exec and wait of `sh -c true`; beside it the same as a program
 * of its own, and chronic and cronic. In turns, so that what the machine does meanwhile
 * hits all alike.
 *
 *     build/gcc/bench/wrapper [ROUNDS]
 *
 * To be reached: 1.3 times, and 4 MiB. */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define ROUNDS 1000

struct contender {
    const char *name;
    const char *argv[8];
    bool is_there;
    int64_t *times; /* microseconds of each round */
    long peak_rss;  /* KiB */
};

static char sheepdog_path[PATH_MAX + 16], conf_path[64], own_path[PATH_MAX];

static struct contender contenders[] = {
    {.name = "sh -c true, bare", .argv = {"/bin/sh", "-c", "true"}},
    {.name = "sheepdog -e true",
     .argv = {sheepdog_path, "-c", conf_path, "-e", "true"}},
    {.name = "a bare wrapper", .argv = {own_path, "--bare"}},
    {.name = "chronic", .argv = {"/usr/bin/chronic", "/bin/sh", "-c", "true"}},
    {.name = "cronic", .argv = {"/usr/bin/cronic", "/bin/sh", "-c", "true"}},
};
#define COUNT (sizeof contenders / sizeof *contenders)

/* fork, exec, wait. Returns the exit status. */
static int run(const char *const *argv, struct rusage *ret_usage)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], (char *const *)argv);
        _exit(127);
    }
    wait4(pid, &status, 0, ret_usage);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static double median(struct contender *contender, int rounds)
{
    qsort(contender->times, (size_t)rounds, sizeof *contender->times, compare);
    return (double)contender->times[rounds / 2];
}

static void measure(int rounds)
{
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < COUNT; i++) {
            struct contender *contender = &contenders[i];
            struct rusage usage;
            if (!contender->is_there || (i > 2 && round % 10 != 0)) {
                contender->times[round] = round > 0 ? contender->times[round - 1] : 0;
                continue;
            }
            int64_t began = clock_monotonic();
            if (run(contender->argv, &usage) != 0) {
                fprintf(stderr, "wrapper: %s failed\n", contender->name);
                exit(1);
            }
            contender->times[round] = clock_monotonic() - began;
            contender->peak_rss = usage.ru_maxrss;
        }
}

static void print(const char *title, int rounds)
{
    double bare = median(&contenders[0], rounds);
    printf("%s, %d rounds\n  %-18s %9s %7s %10s\n", title, rounds, "", "median us",
           "ratio", "peak KiB");
    for (size_t i = 0; i < COUNT; i++) {
        struct contender *contender = &contenders[i];
        if (!contender->is_there)
            printf("  %-18s is not installed\n", contender->name);
        else
            printf("  %-18s %9.0f %7.2f %10ld\n", contender->name,
                   median(contender, rounds), median(contender, rounds) / bare,
                   contender->peak_rss);
    }
}

static void pin(void)
{
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(0, &cpus);
    if (sched_setaffinity(0, sizeof cpus, &cpus) < 0)
        perror("wrapper: sched_setaffinity");
}

/* An empty spool and a configuration, as a machine that is well has them. */
static void make_conf(const char *folder)
{
    snprintf(conf_path, sizeof conf_path, "%s/conf", folder);
    FILE *file = fopen(conf_path, "w");
    if (!file) {
        perror(conf_path);
        exit(1);
    }
    fprintf(file, "(host \"localhost\") (port 7777) (spool (folder \"%s/spool\"))\n",
            folder);
    fclose(file);
}

static void find_programs(void)
{
    ssize_t length = readlink("/proc/self/exe", own_path, sizeof own_path - 1);
    own_path[length > 0 ? length : 0] = '\0';
    char *folder = strstr(own_path, "/bench/");
    snprintf(sheepdog_path, sizeof sheepdog_path, "%.*s/sheepdog",
             folder ? (int)(folder - own_path) : 0, own_path);
    for (size_t i = 0; i < COUNT; i++)
        contenders[i].is_there = access(contenders[i].argv[0], X_OK) == 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--bare") == 0)
        return run(contenders[0].argv, NULL);

    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : ROUNDS;
    char folder[] = "/tmp/sheepdog-bench.XXXXXX";
    if (rounds < 1 || !mkdtemp(folder))
        return 1;
    make_conf(folder);
    find_programs();
    for (size_t i = 0; i < COUNT; i++)
        contenders[i].times = memory_new((size_t)rounds * sizeof(int64_t));

    measure(rounds);
    print("on all processors", rounds);
    pin();
    measure(rounds);
    print("on one processor", rounds);

    unlink(conf_path);
    rmdir(folder);
    return 0;
}
