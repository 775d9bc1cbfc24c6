// SPDX-License-Identifier: GPL-3.0-or-later
/* judge - what it costs to judge rules over a large store while messages come: for a
 * minute, 1 000 outcomes a second in five batches, each stored, judged and applied as
 * the server does it; one in a hundred fails, and the same recovers a second later.
 *
 *     judge STORE FOLDER [SECONDS]
 *
 * STORE: a copy of what bench/herd made, for it is written to; FOLDER: of rules. Prints
 * the processor time that a second of messages costs: of storing, of judging (1/5 of it
 * each 200 ms, and the time every 5 s) and of applying; the limit is 50 ms for the last
 * two together. And the longest round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/incidents.h"
#include "base/clock.h"
#include "base/memory.h"
#include "handler/handler.h"

#define A_SECOND 1000 /* messages */
#define BATCHES  5
#define TICK     5 /* seconds */
#define WARM     5 /* seconds that are not measured */
#define LIMIT_MS 50.0

struct bench {
    struct store *store, *asker;
    struct config *config;
    struct judge *judge;
    struct judgement judgement;
    struct touched *touched;
    int64_t now;
    unsigned number;
    int64_t stored, judged, applied, longest; /* microseconds of processor */
    size_t tellings;
    struct error err;
};

static void check(struct bench *bench, int rc)
{
    if (rc >= 0)
        return;
    fprintf(stderr, "judge: %s\n", bench->err.text);
    exit(EXIT_FAILURE);
}

static struct message *make_message(struct bench *bench)
{
    char when[CLOCK_TEXT_SIZE];
    unsigned n = bench->number++;
    unsigned host = n % A_SECOND, second = n / A_SECOND;
    const char *err = n % 100 == 7 && second % 2 == 0 ? "FAIL" : "SUCCESS";
    clock_format_utc(bench->now, when);
    AUTO(str)
    char *json = text_format(
        "{\"id\":\"%08x-0000-7000-8000-%012llx\",\"kind\":\"outcome\",\"host\":"
        "\"host%04u\",\"tag\":\"job%02u\",\"time\":\"%s\",\"err\":\"%s\",\"status\":0,"
        "\"elapsed\":1.5,\"command\":\"x\"}",
        n, (unsigned long long)bench->now, host, host % 5, when, err);
    const struct message_defaults defaults = {.now = bench->now, .host = "x"};
    struct message *message = NULL;
    check(bench, message_parse(json, strlen(json), &defaults, &message, &bench->err));
    return message;
}

static void store_batch(struct bench *bench)
{
    struct handling handling = {.store = bench->store,
                                .config = bench->config,
                                .came = bench->now,
                                .now = bench->now,
                                .touched = bench->touched};
    int64_t begin = clock_work();
    check(bench, store_begin(bench->store, &bench->err));
    for (int i = 0; i < A_SECOND / BATCHES; i++) {
        AUTO(message) struct message *message = make_message(bench);
        check(bench, handler_run(&handling, message, &bench->err));
    }
    check(bench, store_commit(bench->store, &bench->err));
    bench->stored += clock_work() - begin;
}

static bool is_new(void *context, const struct alert *alert)
{
    const struct bench *bench = context;
    return incidents_is_new(bench->asker, alert, bench->now);
}

static void apply(struct bench *bench)
{
    bool has_news = false;
    int64_t begin = clock_work();
    check(bench, store_begin(bench->store, &bench->err));
    check(bench, incidents_apply(bench->store, bench->config, &bench->judgement,
                                 bench->touched, &has_news, &bench->err));
    check(bench, store_commit(bench->store, &bench->err));
    bench->applied += clock_work() - begin;
    bench->tellings += has_news;
}

static void judge(struct bench *bench, bool is_timed)
{
    const struct judge_round round = {.asker = bench->asker,
                                      .touched = bench->touched,
                                      .now = bench->now,
                                      .is_timed = is_timed,
                                      .is_new = is_new,
                                      .context = bench};
    int64_t begin = clock_work();
    int rc = judge_round(bench->judge, &round, &bench->judgement, &bench->err);
    int64_t took = clock_work() - begin;
    check(bench, rc);
    bench->judged += took;
    bench->longest = took > bench->longest ? took : bench->longest;
    if (rc > 0)
        apply(bench);
}

static void open_all(struct bench *bench, const char *path, const char *folder)
{
    const struct evaluation_limits limits = {.time = 60000};
    AUTO(texts) struct texts folders = {0};
    texts_add(&folders, folder);
    AUTO(library) struct library *library = library_load_only(&folders);
    check(bench, store_open(path, &bench->store, &bench->err));
    check(bench, store_open_asker(path, &bench->asker, &bench->err));
    bench->judge = judge_new(&limits);
    check(bench, judge_use(bench->judge, library, bench->asker, &bench->err));
    bench->config = config_new();
    bench->touched = touched_new();
    bench->now = clock_now();
}

static void go_on(struct bench *bench, int seconds)
{
    for (int i = 0; i < seconds * BATCHES; i++) {
        bench->now += 1000 / BATCHES;
        store_batch(bench);
        judge(bench, i % (TICK * BATCHES) == 0);
    }
}

static double a_second(int64_t microseconds, int seconds)
{
    return (double)microseconds / 1000 / seconds;
}

static void report(const struct bench *bench, int64_t first, int seconds)
{
    double cost = a_second(bench->judged + bench->applied, seconds);
    printf("the first round, all of the herd: %.0f ms\n", (double)first / 1000);
    printf("a second of %d messages: stored %.1f ms, judged %.1f, applied %.1f\n",
           A_SECOND, a_second(bench->stored, seconds), a_second(bench->judged, seconds),
           a_second(bench->applied, seconds));
    printf("judged and applied: %.1f ms of %.0f, ratio %.2f\n", cost, LIMIT_MS,
           cost / LIMIT_MS);
    printf("the longest round: %.1f ms; rounds with something to tell: %zu\n",
           (double)bench->longest / 1000, bench->tellings);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    int seconds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 60;
    if (argc < 3 || seconds < 1) {
        fprintf(stderr, "usage: judge STORE FOLDER [SECONDS]\n");
        return EXIT_FAILURE;
    }
    open_all(&bench, argv[1], argv[2]);
    judge(&bench, true);
    int64_t first = bench.judged;
    go_on(&bench, WARM);
    bench.stored = bench.judged = bench.applied = bench.longest = 0;
    bench.tellings = 0;
    go_on(&bench, seconds);
    report(&bench, first, seconds);
    return EXIT_SUCCESS;
}
