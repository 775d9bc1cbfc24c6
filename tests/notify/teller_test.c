// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "mail_server.h"
#include "notify/teller.h"
#include "sample.h"

#define DEADLINE 60000000 /* microseconds that a test may take at most */

/* A teller for each notifier, as the outbox keeps them. */
struct child {
    pid_t pid; /* 0: none runs */
    int wake;
};

struct fixture {
    struct mail_server server; /* stopped; its port is known */
    struct config *config;
    struct store *store, *reader;
    char *store_path, *log_path;
    struct child children[2];
    int64_t deadline;
};

/* The folder of the mail server holds the store and the log too. */
static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    *state = fixture;
    mail_server_init(&fixture->server);
    mail_server_start(&fixture->server, NULL);
    mail_server_stop(&fixture->server);
    fixture->store_path = text_format("%s/store", fixture->server.folder);
    fixture->log_path = text_format("%s/log", fixture->server.folder);
    fixture->config = config_new();
    sample_text(&fixture->config->log, fixture->log_path);
    free(fixture->config->smtp_url);
    fixture->config->smtp_url =
        text_format("smtp://127.0.0.1:%d", fixture->server.port);
    fixture->deadline = clock_monotonic() + DEADLINE;
    if (store_open(fixture->store_path, &fixture->store, NULL) < 0)
        return -1;
    return store_open_reader(fixture->store_path, &fixture->reader, NULL);
}

/* A process that tells by one notifier, with the settings as they are now. */
static void start_child(struct fixture *fixture, int i)
{
    static const char *const names[] = {"log", "mailto"};
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        for (int other = 0; other < 2; other++)
            if (fixture->children[other].pid)
                close(fixture->children[other].wake);
        close(ends[1]);
        struct teller teller = {.store = fixture->store_path,
                                .name = names[i],
                                .config = fixture->config,
                                .wake = ends[0]};
        _exit(teller_run(&teller, NULL) < 0);
    }
    close(ends[0]);
    fixture->children[i] = (struct child){.pid = pid, .wake = ends[1]};
}

static void start(struct fixture *fixture)
{
    for (int i = 0; i < 2; i++)
        start_child(fixture, i);
}

static void wake(struct fixture *fixture)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(write(fixture->children[i].wake, "\n", 1), 1);
}

/* Says that it is over; it ends what it tells. */
static void dismiss(struct child *child)
{
    if (child->wake >= 0)
        close(child->wake);
    child->wake = -1;
}

static void reap(struct child *child)
{
    int status;
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    assert_int_equal(status, 0);
    *child = (struct child){.wake = -1};
}

static void stop(struct fixture *fixture)
{
    for (int i = 0; i < 2; i++) {
        struct child *child = &fixture->children[i];
        if (!child->pid)
            continue;
        dismiss(child);
        reap(child);
    }
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    stop(fixture);
    store_close(fixture->store);
    store_close(fixture->reader);
    config_free(fixture->config);
    free(fixture->store_path);
    free(fixture->log_path);
    mail_server_clear(&fixture->server);
    free(fixture);
    return 0;
}

/* The message as the door would have read it. */
static struct message *read_again(const struct message *message)
{
    AUTO(strbuf) struct strbuf json = {0};
    struct message_defaults defaults = {0};
    struct message *ret = NULL;
    message_format(message, &json);
    assert_int_equal(message_parse(json.data, json.size, &defaults, &ret, NULL), 0);
    return ret;
}

static void put_telling(struct fixture *fixture, const struct message *message,
                        const char *notifier, const char *address, bool is_recovery)
{
    AUTO(str)
    char *body =
        text_format("{\"severity\":\"fail\",\"since\":%lld,\"message\":\"%s\"}",
                    (long long)message->time, message->id);
    struct telling telling = {.kind = is_recovery ? TELLING_OVER : TELLING_NEW,
                              .host = message->host,
                              .tag = message->tag,
                              .notifier = notifier,
                              .address = address,
                              .body = body,
                              .made = clock_now()};
    assert_int_equal(store_put_telling(fixture->store, &telling, NULL), 0);
}

static void put(struct fixture *fixture, const char *notifier, const char *address,
                const char *tag, bool is_recovery)
{
    AUTO(notice) struct notice notice = sample_new();
    struct message *message = notice.message;
    struct change change;
    int64_t number;
    if (is_recovery)
        sample_recover(&notice);
    uuid_make(SAMPLE_TIME, message->id);
    sample_text(&message->tag, tag);
    AUTO(message) struct message *read = read_again(message);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    assert_int_equal(
        store_put_message(fixture->store, read, SAMPLE_TIME, &number, NULL), 0);
    assert_int_equal(store_put_state(fixture->store, read, &change, NULL), 0);
    put_telling(fixture, read, notifier, address, is_recovery);
    assert_int_equal(store_commit(fixture->store, NULL), 0);
}

/* What waits for a notifier. */
struct waiting {
    const char *notifier;
    int count, tries;
};

static int count_one(const struct telling *telling, void *context)
{
    struct waiting *waiting = context;
    if (strcmp(telling->notifier, waiting->notifier) != 0)
        return 0;
    waiting->count++;
    waiting->tries += telling->tries;
    return 0;
}

static struct waiting find_waiting(const struct fixture *fixture, const char *notifier)
{
    struct waiting waiting = {.notifier = notifier};
    struct telling_filter filter = {.waiting = true};
    assert_int_equal(
        store_each_telling(fixture->reader, &filter, count_one, &waiting, NULL), 0);
    return waiting;
}

static bool is_told(const struct fixture *fixture)
{
    return find_waiting(fixture, "log").count == 0 &&
           find_waiting(fixture, "mailto").count == 0;
}

static bool has_failed(const struct fixture *fixture)
{
    return find_waiting(fixture, "mailto").tries > 0;
}

static void wait_until(struct fixture *fixture,
                       bool (*holds)(const struct fixture *fixture))
{
    while (!holds(fixture)) {
        assert_true(clock_monotonic() < fixture->deadline);
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

static void expect_subject(const struct fixture *fixture, int number,
                           const char *wanted)
{
    AUTO(str) char *subject = mail_server_read(&fixture->server, number, "Subject");
    AUTO(str) char *line = text_format("[sheepdog] %s\n", wanted);
    assert_non_null(subject);
    assert_string_equal(subject, line);
}

static int log_lines(const struct fixture *fixture)
{
    AUTO(strbuf) struct strbuf text = {0};
    if (files_read(fixture->log_path, 1 << 20, &text, NULL) < 0)
        return 0;
    int count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == '\n';
    return count;
}

/* ---- claims ---- */

static void tells_what_is_due_by_each_notifier(void **state)
{
    struct fixture *fixture = *state;
    mail_server_start(&fixture->server, NULL);
    put(fixture, "log", "", "a", false);
    put(fixture, "mailto", "a@example.org", "a", false);
    put(fixture, "mailto", "b@example.org", "a", false);
    start(fixture);
    wait_until(fixture, is_told);
    assert_int_equal(log_lines(fixture), 1);
    assert_int_equal(mail_server_count(&fixture->server), 2);
    expect_subject(fixture, 0, "FAIL penguin2 a (2)");
}

static void what_was_told_is_never_told_again(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "log", "", "a", false);
    start(fixture);
    wait_until(fixture, is_told);
    put(fixture, "log", "", "b", false);
    wake(fixture);
    wake(fixture);
    wait_until(fixture, is_told);
    assert_int_equal(log_lines(fixture), 2);
}

static void what_another_program_puts_is_told_although_nobody_wakes_us(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "log", "", "a", false);
    start(fixture);
    wait_until(fixture, is_told);
    put(fixture, "log", "", "b", false);
    wait_until(fixture, is_told);
    assert_int_equal(log_lines(fixture), 2);
}

static void a_mail_server_that_is_away_loses_and_repeats_nothing(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "mailto", "a@example.org", "one", false);
    put(fixture, "mailto", "a@example.org", "two", false);
    put(fixture, "mailto", "a@example.org", "one", true);
    start(fixture);
    wait_until(fixture, has_failed);
    assert_int_equal(find_waiting(fixture, "mailto").count, 3);
    mail_server_start(&fixture->server, NULL);
    wait_until(fixture, is_told);
    assert_int_equal(mail_server_count(&fixture->server), 3);
    int failed = 3, over = 3;
    for (int i = 0; i < 3; i++) {
        AUTO(str) char *subject = mail_server_read(&fixture->server, i, "Subject");
        assert_non_null(subject);
        if (strcmp(subject, "[sheepdog] FAIL penguin2 one (2)\n") == 0)
            failed = i;
        if (strcmp(subject, "[sheepdog] OK penguin2 one\n") == 0)
            over = i;
    }
    assert_true(failed < over && over < 3);
}

static void a_recovery_never_overtakes_its_failure(void **state)
{
    struct fixture *fixture = *state;
    const char *const options[] = {"--refuse", "1", NULL};
    mail_server_start(&fixture->server, options);
    put(fixture, "mailto", "a@example.org", "a", false);
    put(fixture, "mailto", "a@example.org", "a", true);
    start(fixture);
    wait_until(fixture, is_told);
    assert_int_equal(mail_server_count(&fixture->server), 2);
    expect_subject(fixture, 0, "FAIL penguin2 a (2)");
    expect_subject(fixture, 1, "OK penguin2 a");
}

static bool one_waits(const struct fixture *fixture)
{
    return find_waiting(fixture, "mailto").count == 1;
}

static void an_address_that_fails_holds_no_other_up(void **state)
{
    struct fixture *fixture = *state;
    const char *const options[] = {"--reject-recipient", "nobody@example.org", NULL};
    mail_server_start(&fixture->server, options);
    put(fixture, "mailto", "nobody@example.org", "a", false);
    put(fixture, "mailto", "a@example.org", "a", false);
    put(fixture, "mailto", "b@example.org", "b", false);
    start(fixture);
    wait_until(fixture, one_waits);
    assert_int_equal(mail_server_count(&fixture->server), 2);
    assert_true(has_failed(fixture));
}

/* Takes connections and says nothing, until it is closed. */
static int open_mute_server(struct config *config)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    free(config->smtp_url);
    config->smtp_url = text_format("smtp://127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

/* The connection of the mail that is being told from here on. */
static int await_call(int mute)
{
    struct pollfd fd = {.fd = mute, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, DEADLINE / 1000), 1);
    int caller = accept4(mute, NULL, NULL, SOCK_CLOEXEC);
    assert_true(caller >= 0);
    return caller;
}

static bool log_is_told(const struct fixture *fixture)
{
    return find_waiting(fixture, "log").count == 0;
}

static void a_mail_server_that_hangs_does_not_delay_the_log(void **state)
{
    struct fixture *fixture = *state;
    AUTO(fd) int mute = open_mute_server(fixture->config);
    put(fixture, "mailto", "a@example.org", "a", false);
    put(fixture, "log", "", "a", false);
    put(fixture, "log", "", "b", false);
    start(fixture);
    AUTO(fd) int caller = await_call(mute);
    wait_until(fixture, log_is_told);
    assert_int_equal(log_lines(fixture), 2);
    assert_false(has_failed(fixture));
    shutdown(caller, SHUT_RDWR);
    wait_until(fixture, has_failed);
}

static void its_end_waits_for_what_is_being_told_and_marks_it(void **state)
{
    struct fixture *fixture = *state;
    AUTO(fd) int mute = open_mute_server(fixture->config);
    put(fixture, "mailto", "a@example.org", "a", false);
    start(fixture);
    AUTO(fd) int caller = await_call(mute);
    for (int i = 0; i < 2; i++)
        dismiss(&fixture->children[i]);
    assert_false(has_failed(fixture));
    shutdown(caller, SHUT_RDWR);
    stop(fixture);
    assert_true(has_failed(fixture));
}

/* What a daemon that was killed leaves behind, and what its successor starts. */
static void the_next_one_waits_for_the_one_before(void **state)
{
    struct fixture *fixture = *state;
    struct child before[2];
    AUTO(fd) int mute = open_mute_server(fixture->config);
    put(fixture, "mailto", "a@example.org", "a", false);
    start(fixture);
    AUTO(fd) int caller = await_call(mute);
    for (int i = 0; i < 2; i++) {
        dismiss(&fixture->children[i]);
        before[i] = fixture->children[i];
        fixture->children[i] = (struct child){.wake = -1};
    }
    mail_server_start(&fixture->server, NULL);
    free(fixture->config->smtp_url);
    fixture->config->smtp_url =
        text_format("smtp://127.0.0.1:%d", fixture->server.port);
    start(fixture);
    put(fixture, "log", "", "a", false);
    wake(fixture);
    wait_until(fixture, log_is_told);
    assert_int_equal(mail_server_count(&fixture->server), 0);
    shutdown(caller, SHUT_RDWR);
    for (int i = 0; i < 2; i++)
        reap(&before[i]);
    wait_until(fixture, is_told);
    assert_int_equal(mail_server_count(&fixture->server), 1);
}

static void settings_that_cannot_be_used_are_tried_again(void **state)
{
    struct fixture *fixture = *state;
    struct config *good = fixture->config;
    fixture->config = config_new();
    sample_text(&fixture->config->smtp_url, "gopher://localhost");
    sample_text(&fixture->config->log, "/nowhere/log");
    put(fixture, "mailto", "a@example.org", "a", false);
    put(fixture, "log", "", "a", false);
    start(fixture);
    wait_until(fixture, has_failed);
    stop(fixture);
    config_free(fixture->config);
    fixture->config = good;
    mail_server_start(&fixture->server, NULL);
    start(fixture);
    wait_until(fixture, is_told);
    assert_int_equal(mail_server_count(&fixture->server), 1);
    assert_int_equal(log_lines(fixture), 1);
}

/* The mark is tried again; the telling is not. */
static void what_cannot_be_marked_is_not_told_again(void **state)
{
    struct fixture *fixture = *state;
    AUTO(fd) int mute = open_mute_server(fixture->config);
    put(fixture, "mailto", "a@example.org", "a", false);
    start(fixture);
    AUTO(fd) int caller = await_call(mute);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    shutdown(caller, SHUT_RDWR);
    struct pollfd again = {.fd = mute, .events = POLLIN};
    assert_int_equal(poll(&again, 1, 1500), 0);
    assert_false(has_failed(fixture));
    store_rollback(fixture->store);
    wait_until(fixture, has_failed);
}

/* Nor when it was to end meanwhile, and another writes for longer than SQLite waits. */
static void its_end_waits_for_the_store_too(void **state)
{
    struct fixture *fixture = *state;
    AUTO(fd) int mute = open_mute_server(fixture->config);
    put(fixture, "mailto", "a@example.org", "a", false);
    start(fixture);
    AUTO(fd) int caller = await_call(mute);
    assert_int_equal(store_begin(fixture->store, NULL), 0);
    for (int i = 0; i < 2; i++)
        dismiss(&fixture->children[i]);
    shutdown(caller, SHUT_RDWR);
    struct pollfd again = {.fd = mute, .events = POLLIN};
    assert_int_equal(poll(&again, 1, 7000), 0);
    store_rollback(fixture->store);
    stop(fixture);
    assert_true(has_failed(fixture));
}

#define WITH_TELLERS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        WITH_TELLERS(tells_what_is_due_by_each_notifier),
        WITH_TELLERS(what_was_told_is_never_told_again),
        WITH_TELLERS(what_another_program_puts_is_told_although_nobody_wakes_us),
        WITH_TELLERS(a_mail_server_that_is_away_loses_and_repeats_nothing),
        WITH_TELLERS(a_recovery_never_overtakes_its_failure),
        WITH_TELLERS(an_address_that_fails_holds_no_other_up),
        WITH_TELLERS(a_mail_server_that_hangs_does_not_delay_the_log),
        WITH_TELLERS(its_end_waits_for_what_is_being_told_and_marks_it),
        WITH_TELLERS(the_next_one_waits_for_the_one_before),
        WITH_TELLERS(settings_that_cannot_be_used_are_tried_again),
        WITH_TELLERS(what_cannot_be_marked_is_not_told_again),
        WITH_TELLERS(its_end_waits_for_the_store_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
