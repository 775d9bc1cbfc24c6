// SPDX-License-Identifier: GPL-3.0-or-later
/* stream - how fast a job's output passes: bytes on stdout through `sheepdog`, against
 * the same through `cat`, into the same pipe, in turns.
 *
 *     build/gcc/bench/stream [MIB [ROUNDS]]
 *
 * To be reached: 0.8 of cat's rate, in 4 MiB. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define MIB_USUAL    1024
#define ROUNDS_USUAL 7
#define ROUNDS_MAX   99

static char conf_path[] = "/tmp/sheepdog-bench.XXXXXX";
static char own_path[PATH_MAX], sheepdog_path[PATH_MAX + 16], mib_text[16];

/* The job: so many MiB of zeros on stdout. */
static int produce(int64_t mib)
{
    static char block[1 << 16];
    for (int64_t left = mib * 16; left > 0; left--)
        for (size_t at = 0; at < sizeof block;) {
            ssize_t count = write(STDOUT_FILENO, block + at, sizeof block - at);
            if (count <= 0)
                return 1;
            at += (size_t)count;
        }
    return 0;
}

static pid_t start(const char *const *argv, int in, int out)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    if (in >= 0)
        dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    for (int fd = 3; fd < 16; fd++)
        close(fd);
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

/* Reads and forgets; returns how many bytes came. */
static int64_t drain(int fd)
{
    static char block[1 << 17];
    int64_t total = 0;
    for (ssize_t count; (count = read(fd, block, sizeof block)) > 0;)
        total += count;
    return total;
}

/* job | cat, or sheepdog around the job. MiB a second; 0: it failed. */
static double measure(bool is_watched, long *ret_peak)
{
    const char *const job[] = {own_path, "--produce", mib_text, NULL};
    const char *const cat[] = {"cat", NULL};
    const char *const watched[] = {sheepdog_path, "run",    "-c",
                                   conf_path,     "--",     own_path,
                                   "--produce",   mib_text, NULL};
    int between[2], after[2];
    if (pipe(between) < 0 || pipe(after) < 0)
        return 0;
    int64_t began = clock_monotonic();
    pid_t first = is_watched ? 0 : start(job, -1, between[1]);
    pid_t second =
        is_watched ? start(watched, -1, after[1]) : start(cat, between[0], after[1]);
    close(between[0]);
    close(between[1]);
    close(after[1]);
    int64_t total = drain(after[0]);
    int64_t elapsed = clock_monotonic() - began;
    close(after[0]);

    struct rusage usage;
    int status = 0;
    wait4(second, &status, 0, &usage);
    if (first > 0)
        waitpid(first, NULL, 0);
    *ret_peak = usage.ru_maxrss;
    bool is_whole = status == 0 && total == strtol(mib_text, NULL, 10) << 20;
    return is_whole ? (double)(total >> 20) * 1e6 / (double)elapsed : 0;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--produce") == 0)
        return produce(strtol(argv[2], NULL, 10));

    int mib = argc > 1 ? (int)strtol(argv[1], NULL, 10) : MIB_USUAL;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS_USUAL;
    if (mib < 1 || rounds < 1 || rounds > ROUNDS_MAX)
        return 2;
    ssize_t length = readlink("/proc/self/exe", own_path, sizeof own_path - 1);
    own_path[length > 0 ? length : 0] = '\0';
    char *folder = strstr(own_path, "/bench/");
    snprintf(sheepdog_path, sizeof sheepdog_path, "%.*s/sheepdog",
             folder ? (int)(folder - own_path) : 0, own_path);
    snprintf(mib_text, sizeof mib_text, "%d", mib);

    int conf = mkstemp(conf_path); /* empty: the defaults */
    if (conf < 0)
        return 1;
    close(conf);
    double rates[2][ROUNDS_MAX];
    long peaks[2] = {0};
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < 2; i++) {
            rates[i][round] = measure(i == 1, &peaks[i]);
            if (rates[i][round] == 0) {
                fputs("stream: bytes are missing\n", stderr);
                unlink(conf_path);
                return 1;
            }
        }
    unlink(conf_path);
    for (int i = 0; i < 2; i++)
        qsort(rates[i], (size_t)rounds, sizeof rates[i][0], compare);
    double cat = rates[0][rounds / 2], watched = rates[1][rounds / 2];
    printf("%d MiB on stdout, %d rounds, medians\n", mib, rounds);
    printf("  cat       %6.0f MiB/s   peak %ld KiB\n", cat, peaks[0]);
    printf("  sheepdog  %6.0f MiB/s   peak %ld KiB   ratio %.2f\n", watched, peaks[1],
           watched / cat);
    return 0;
}
