// SPDX-License-Identifier: GPL-3.0-or-later
/* embedded - the queue between a test that posts and a test that stores, or fails to.
 * Each message bears a number as its tag; what is stored is written down in order. */
#include "queue/embedded.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"

#define PATIENCE_US 20000000
#define NO_ANSWER   1 /* parcels stay in the intake */

struct fixture {
    char folder[40];
    uv_loop_t loop;
    uv_timer_t tick; /* so that no turn of the loop takes for ever */
    struct intake *intake;
    struct embedded *embedded;
    struct embedded_parts parts;
    int answer;           /* rc that the store gives */
    struct strbuf stored; /* "1 2 3 " */
    size_t largest;       /* parcels that were in the intake at once */
    int acknowledged, refused, awaited;
    int rc; /* of the last posting that was refused */
};

/* ---- the disk: each sync takes so long, and waits while the test holds it ---- */

static uv_sem_t sync_allowed;
static bool is_sync_held;
static int syncs, sync_ms;

int fdatasync(int fd)
{
    if (is_sync_held)
        uv_sem_wait(&sync_allowed);
    usleep((useconds_t)sync_ms * 1000);
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

/* ---- the store ---- */

static void store(struct fixture *fixture, const struct parcel *parcel)
{
    for (size_t i = 0; i < parcel->messages.count; i++)
        strbuf_printf(&fixture->stored, "%s ", parcel->messages.items[i]->tag);
    for (size_t i = 0; i < parcel->unread.count; i++)
        strbuf_printf(&fixture->stored, "unread(%s, %s) ",
                      parcel->unread.items[i].bytes, parcel->unread.items[i].reason);
}

static void answer_all(struct fixture *fixture)
{
    size_t count = 0;
    struct parcel *parcel = intake_receive(fixture->intake);
    while (parcel) {
        struct parcel *next = parcel->next;
        assert_string_equal(parcel->source, "door");
        if (fixture->answer == 0)
            store(fixture, parcel);
        parcel->answer(parcel, fixture->answer);
        parcel = next;
        count++;
    }
    if (count > fixture->largest)
        fixture->largest = count;
}

static void turn(struct fixture *fixture)
{
    uv_run(&fixture->loop, UV_RUN_ONCE);
    if (fixture->answer != NO_ANSWER)
        answer_all(fixture);
}

/* What would happen has happened then. */
static void turn_often(struct fixture *fixture)
{
    for (int i = 0; i < 20; i++)
        turn(fixture);
}

#define turn_until(fixture, condition)                                                 \
    do {                                                                               \
        int64_t end_ = clock_monotonic() + PATIENCE_US;                                \
        while (!(condition) && clock_monotonic() < end_)                               \
            turn(fixture);                                                             \
        assert_true(condition);                                                        \
    } while (0)

static void assert_stored(struct fixture *fixture, const char *numbers)
{
    turn_until(fixture, fixture->stored.size >= strlen(numbers));
    assert_string_equal(strbuf_text(&fixture->stored), numbers);
}

/* ---- the senders ---- */

static void on_answer(struct posting *posting, int rc)
{
    struct fixture *fixture = posting->sender;
    fixture->acknowledged += rc == 0;
    fixture->refused += rc < 0;
    fixture->rc = rc < 0 ? rc : fixture->rc;
    free(posting);
}

static int put(struct fixture *fixture, struct posting *posting)
{
    posting->answer = on_answer;
    posting->sender = fixture;
    int rc = embedded_put(fixture->embedded, posting);
    if (rc < 0) {
        message_list_clear(&posting->messages);
        free(posting);
    }
    return rc;
}

/* One message, with a text of so many bytes. */
static int post(struct fixture *fixture, int number, size_t size)
{
    AUTO(strbuf) struct strbuf json = {0};
    strbuf_printf(&json, "{\"tag\":\"%d\",\"text\":\"", number);
    memset(strbuf_reserve(&json, size), 'x', size);
    json.size += size;
    strbuf_puts(&json, "\"}");
    struct message_defaults defaults = {.now = clock_now(), .host = "h"};
    struct posting *posting = memory_new(sizeof *posting);
    int index;
    posting->came = 1000 + number;
    assert_int_equal(message_parse_all(json.data, json.size, &defaults,
                                       &posting->messages, &index, NULL),
                     0);
    return put(fixture, posting);
}

static void post_many(struct fixture *fixture, int first, int last)
{
    int before = fixture->acknowledged;
    for (int number = first; number <= last; number++)
        assert_int_equal(post(fixture, number, 10), 0);
    turn_until(fixture, fixture->acknowledged - before == last - first + 1);
}

/* ---- its life ---- */

static void on_pushed(void *context UNUSED)
{
}

static void on_awaited(void *context)
{
    struct fixture *fixture = context;
    fixture->awaited++;
}

static void start(struct fixture *fixture)
{
    AUTO(str) char *folder = text_format("%s/queue", fixture->folder);
    fixture->parts.loop = &fixture->loop;
    fixture->parts.folder = folder;
    fixture->parts.intake = fixture->intake;
    fixture->parts.pushed = on_pushed;
    struct error err;
    assert_int_equal(embedded_open(&fixture->parts, &fixture->embedded, &err), 0);
}

/* What waits in the intake is not stored. */
static void stop(struct fixture *fixture)
{
    embedded_stop(fixture->embedded);
    fixture->answer = -EIO;
    turn_until(fixture, embedded_is_idle(fixture->embedded));
    embedded_close(TAKE(fixture->embedded));
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    fixture->answer = 0;
}

static void on_tick(uv_timer_t *tick UNUSED)
{
}

static void start_loop(struct fixture *fixture)
{
    uv_loop_init(&fixture->loop);
    uv_timer_init(&fixture->loop, &fixture->tick);
    uv_timer_start(&fixture->tick, on_tick, 5, 5);
    uv_unref((uv_handle_t *)&fixture->tick);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/embedded_test.XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    start_loop(fixture);
    fixture->intake = intake_new(64 << 20);
    start(fixture);
    *state = fixture;
    return 0;
}

/* Its name or NULL: the file of the journal that ends so; number 0 is the first. */
static char *find_file(const struct fixture *fixture, const char *kind, int number)
{
    char *found = NULL;
    AUTO(str) char *path = text_format("%s/queue", fixture->folder);
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *dot = strrchr(entries[i]->d_name, '.');
        if (dot && strcmp(dot + 1, kind) == 0 && number-- == 0)
            found = text_format("%s/%s", path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return found;
}

static bool has_file(const struct fixture *fixture, const char *kind)
{
    AUTO(str) char *file = find_file(fixture, kind, 0);
    return file;
}

static void remove_all(const struct fixture *fixture)
{
    static const char *const kinds[] = {"journal", "damaged"};
    char *file;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        while ((file = find_file(fixture, kinds[i], 0))) {
            assert_int_equal(unlink(file), 0);
            free(file);
        }
    AUTO(str) char *folder = text_format("%s/queue", fixture->folder);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(rmdir(fixture->folder), 0);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    stop(fixture);
    uv_close((uv_handle_t *)&fixture->tick, NULL);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    intake_free(fixture->intake);
    remove_all(fixture);
    strbuf_clear(&fixture->stored);
    free(fixture);
    return 0;
}

/* ---- the way of a message ---- */

static void hands_over_what_was_put_in_its_order(void **state)
{
    struct fixture *fixture = *state;
    post_many(fixture, 1, 5);
    assert_stored(fixture, "1 2 3 4 5 ");
}

static void answers_once_it_is_synced_and_many_by_one_sync(void **state)
{
    struct fixture *fixture = *state;
    uv_sem_init(&sync_allowed, 0);
    is_sync_held = true;
    syncs = 0;
    assert_int_equal(post(fixture, 1, 10), 0);
    turn_often(fixture);
    for (int number = 2; number < 20; number++)
        assert_int_equal(post(fixture, number, 10), 0);
    turn_often(fixture);
    assert_int_equal(fixture->acknowledged, 0);
    assert_int_equal(fixture->stored.size, 0);

    is_sync_held = false;
    uv_sem_post(&sync_allowed);
    turn_until(fixture, fixture->acknowledged == 19);
    assert_int_equal(syncs, 2);
    uv_sem_destroy(&sync_allowed);
}

/* As the last write was, so the disk is. */
static void post_until(struct fixture *fixture, bool is_quick)
{
    for (int i = 0; i < 1000 && embedded_is_quick(fixture->embedded) != is_quick; i++)
        post_many(fixture, 1, 1);
    assert_int_equal(embedded_is_quick(fixture->embedded), is_quick);
    fixture->acknowledged = 0;
}

static void writes_to_a_quick_disk_at_once(void **state)
{
    struct fixture *fixture = *state;
    post_until(fixture, true);
    assert_int_equal(post(fixture, 1, 10), 0);
    assert_int_equal(post(fixture, 2, 10), 0);
    assert_int_equal(fixture->acknowledged, 0);
    embedded_flush(fixture->embedded);
    assert_int_equal(fixture->acknowledged, 2);
}

static void a_slow_disk_does_not_stop_the_loop(void **state)
{
    struct fixture *fixture = *state;
    sync_ms = 20;
    post_until(fixture, false);
    sync_ms = 0;
    uv_sem_init(&sync_allowed, 0);
    is_sync_held = true;
    assert_int_equal(post(fixture, 1, 10), 0);
    embedded_flush(fixture->embedded);
    turn_often(fixture);
    assert_int_equal(fixture->acknowledged, 0);

    is_sync_held = false;
    uv_sem_post(&sync_allowed);
    turn_until(fixture, fixture->acknowledged == 1);
    uv_sem_destroy(&sync_allowed);
    post_until(fixture, true);
}

static void answers_before_it_is_stored(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 3);
    assert_int_equal(fixture->stored.size, 0);
}

static void removes_the_journal_when_all_is_stored(void **state)
{
    struct fixture *fixture = *state;
    post_many(fixture, 1, 3);
    assert_true(has_file(fixture, "journal"));
    turn_until(fixture, !has_file(fixture, "journal"));
    post_many(fixture, 4, 4);
    assert_stored(fixture, "1 2 3 4 ");
}

static void removes_each_segment_when_it_is_stored(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    for (int number = 1; number <= 6; number++) {
        assert_int_equal(post(fixture, number, 1000000), 0);
        turn_until(fixture, fixture->acknowledged == number);
    }
    AUTO(str) char *first = find_file(fixture, "journal", 0);
    AUTO(str) char *second = find_file(fixture, "journal", 1);
    assert_non_null(second);
    fixture->answer = 0;
    assert_stored(fixture, "1 2 3 4 5 6 ");
    turn_until(fixture, access(first, F_OK) < 0);
}

static void keeps_order_beyond_its_window(void **state)
{
    struct fixture *fixture = *state;
    stop(fixture);
    fixture->parts.window = 20000;
    start(fixture);
    fixture->answer = NO_ANSWER;
    AUTO(strbuf) struct strbuf wanted = {0};
    for (int number = 1; number <= 2000; number++) {
        assert_int_equal(post(fixture, number, 10), 0);
        strbuf_printf(&wanted, "%d ", number);
        if (number % 100 == 0)
            turn_until(fixture, fixture->acknowledged == number);
    }
    fixture->answer = 0;
    turn(fixture);
    assert_in_range(fixture->largest, 1, 100);
    assert_stored(fixture, wanted.data);
}

/* ---- faults of the store ---- */

static void tries_again_in_order_until_the_store_can_be_written(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = -ENOSPC;
    post_many(fixture, 1, 3);
    turn_until(fixture, embedded_store_rc(fixture->embedded) == -ENOSPC);
    post_many(fixture, 4, 6);
    fixture->answer = 0;
    assert_stored(fixture, "1 2 3 4 5 6 ");
    assert_int_equal(embedded_store_rc(fixture->embedded), 0);
}

static void waits_for_what_was_answered_before(void **state)
{
    struct fixture *fixture = *state;
    embedded_await(fixture->embedded, on_awaited, fixture);
    assert_int_equal(fixture->awaited, 1);

    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 3);
    embedded_await(fixture->embedded, on_awaited, fixture);
    turn_often(fixture);
    assert_int_equal(fixture->awaited, 1);
    fixture->answer = 0;
    turn_until(fixture, fixture->awaited == 2);
    assert_string_equal(fixture->stored.data, "1 2 3 ");
}

static void waits_no_longer_than_it_says(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 1);
    int64_t before = clock_monotonic();
    embedded_await(fixture->embedded, on_awaited, fixture);
    turn_until(fixture, fixture->awaited == 1);
    assert_true(clock_monotonic() - before >= (EMBEDDED_BARRIER_MS - 50) * 1000);
}

static void waits_for_no_store_that_cannot_be_written(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = -EIO;
    post_many(fixture, 1, 1);
    turn_until(fixture, embedded_store_rc(fixture->embedded) < 0);
    embedded_await(fixture->embedded, on_awaited, fixture);
    assert_int_equal(fixture->awaited, 1);
}

/* ---- faults of the disk ---- */

static void refuses_when_the_journal_is_full(void **state)
{
    struct fixture *fixture = *state;
    stop(fixture);
    fixture->parts.limit = 2000;
    start(fixture);
    fixture->answer = NO_ANSWER;
    assert_int_equal(post(fixture, 1, 1000), 0);
    assert_int_equal(post(fixture, 2, 1000), -ENOSPC);
    turn_until(fixture, fixture->acknowledged == 1);
    assert_int_equal(post(fixture, 2, 1000), -ENOSPC);
    fixture->answer = 0;
    assert_stored(fixture, "1 ");
    turn_until(fixture, !has_file(fixture, "journal"));
    assert_int_equal(post(fixture, 2, 1000), 0);
    assert_stored(fixture, "1 2 ");
}

static void limit_file_size(rlim_t size)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_takes_the_small_one_and_nothing_of_the_large(void **state)
{
    struct fixture *fixture = *state;
    limit_file_size(5000);
    fixture->answer = NO_ANSWER;
    assert_int_equal(post(fixture, 1, 10000), 0);
    assert_int_equal(post(fixture, 2, 10), 0);
    turn_until(fixture, fixture->acknowledged + fixture->refused == 2);
    assert_int_equal(fixture->refused, 1);
    assert_int_equal(fixture->rc, -EFBIG);
    assert_int_equal(embedded_journal_rc(fixture->embedded), -EFBIG);

    limit_file_size(RLIM_INFINITY);
    post_many(fixture, 3, 3);
    assert_int_equal(embedded_journal_rc(fixture->embedded), 0);
    stop(fixture);
    start(fixture);
    assert_stored(fixture, "2 3 ");
}

/* ---- an earlier run ---- */

static void hands_over_again_what_was_not_stored(void **state)
{
    struct fixture *fixture = *state;
    post_many(fixture, 1, 2);
    assert_stored(fixture, "1 2 ");
    fixture->answer = NO_ANSWER;
    post_many(fixture, 3, 5);
    stop(fixture);
    strbuf_clear(&fixture->stored);
    start(fixture);
    assert_stored(fixture, "1 2 3 4 5 "); /* the store knows 1 and 2 by their ids */
    post_many(fixture, 6, 6);
    assert_stored(fixture, "1 2 3 4 5 6 ");
}

static struct parcel *receive(struct fixture *fixture)
{
    turn_until(fixture, !intake_is_empty(fixture->intake));
    return intake_receive(fixture->intake);
}

static void limit_files(rlim_t count)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void a_file_that_cannot_be_opened_for_now_is_not_damaged(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 3);
    stop(fixture);
    start(fixture);
    limit_files(3);
    turn_often(fixture);
    limit_files(256);
    assert_false(has_file(fixture, "damaged"));
    fixture->answer = 0;
    assert_stored(fixture, "1 2 3 ");
}

static void a_message_is_the_same_when_it_is_handed_over_again(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 1);
    struct parcel *parcel = receive(fixture);
    AUTO(str) char *body = text_copy(parcel->messages.items[0]->body.data);
    parcel->answer(parcel, -EIO);
    stop(fixture);
    start(fixture);
    fixture->answer = NO_ANSWER;
    parcel = receive(fixture);
    assert_string_equal(parcel->messages.items[0]->body.data, body);
    assert_non_null(strstr(body, "\"id\":\""));
    assert_int_equal(parcel->came, 1001);
    parcel->answer(parcel, 0);
    fixture->answer = 0;
}

static void keeps_what_is_for_the_dead_letters(void **state)
{
    struct fixture *fixture = *state;
    struct posting *posting = memory_new(sizeof *posting);
    struct unread unread = {.bytes = "{\"v\":2}", .size = 7, .reason = "it is newer"};
    unread_list_add(&posting->unread, &unread);
    fixture->answer = NO_ANSWER;
    assert_int_equal(put(fixture, posting), 0);
    turn_until(fixture, fixture->acknowledged == 1);
    stop(fixture);
    start(fixture);
    assert_stored(fixture, "unread({\"v\":2}, it is newer) ");
}

static void keeps_on_disk_what_is_not_handed_over_at_the_end(void **state)
{
    struct fixture *fixture = *state;
    fixture->answer = NO_ANSWER;
    post_many(fixture, 1, 1);
    embedded_await(fixture->embedded, on_awaited, fixture);
    embedded_stop(fixture->embedded);
    assert_int_equal(fixture->awaited, 1);
    post_many(fixture, 2, 3);
    stop(fixture);
    start(fixture);
    assert_stored(fixture, "1 2 3 ");
}

/* Leaves the messages 1 to 3 in the journal of a run that has ended; its file. */
static char *leave_three(struct fixture *fixture)
{
    fixture->answer = NO_ANSWER;
    for (int number = 1; number <= 3; number++)
        post_many(fixture, number, number);
    stop(fixture);
    return find_file(fixture, "journal", 0);
}

static size_t size_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return (size_t)status.st_size;
}

static void drops_a_record_that_a_crash_cut_short(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *file = leave_three(fixture);
    size_t size = size_of(file), record = (size - 24) / 3;
    for (size_t cut = 1; cut < record; cut += 41) {
        assert_int_equal(truncate(file, (off_t)(size - cut)), 0);
        fixture->answer = NO_ANSWER;
        start(fixture);
        stop(fixture);
        assert_int_equal(size_of(file), size - record);
    }
    start(fixture);
    assert_stored(fixture, "1 2 ");
    assert_false(has_file(fixture, "damaged"));
}

static void drops_bytes_that_a_crash_left_blank(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *file = leave_three(fixture);
    assert_int_equal(truncate(file, (off_t)size_of(file) + 5000), 0);
    start(fixture);
    assert_stored(fixture, "1 2 3 ");
    assert_false(has_file(fixture, "damaged"));
}

static void drops_a_segment_that_was_just_begun(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *file = leave_three(fixture);
    assert_int_equal(truncate(file, 7), 0);
    start(fixture);
    assert_false(has_file(fixture, "journal"));
    post_many(fixture, 4, 4);
    assert_stored(fixture, "4 ");
}

static void change_byte(const char *path, size_t offset)
{
    AUTO(fd) int fd = open(path, O_RDWR);
    char byte;
    assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
    byte ^= 0x20;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
}

static void puts_a_damaged_record_aside_with_what_follows_it(void **state)
{
    struct fixture *fixture = *state;
    for (size_t at = 0; at < 100; at += 33) { /* in the head and in the text */
        strbuf_clear(&fixture->stored);
        fixture->acknowledged = 0;
        AUTO(str) char *file = leave_three(fixture);
        size_t record = (size_of(file) - 24) / 3;
        change_byte(file, 24 + record + at);
        start(fixture);
        assert_stored(fixture, "1 ");
        stop(fixture);
        assert_false(has_file(fixture, "journal"));
        start(fixture);
        AUTO(str) char *aside = find_file(fixture, "damaged", 0);
        assert_int_equal(size_of(aside), 24 + 3 * record);
        assert_int_equal(unlink(aside), 0);
        post_many(fixture, 4, 4);
        assert_stored(fixture, "1 4 ");
        stop(fixture);
        assert_false(has_file(fixture, "journal"));
        start(fixture);
    }
}

static void what_comes_after_damage_goes_into_another_segment(void **state)
{
    struct fixture *fixture = *state;
    stop(fixture);
    fixture->parts.window = 20000;
    start(fixture);
    fixture->answer = NO_ANSWER;
    for (int number = 1; number <= 200; number++)
        assert_int_equal(post(fixture, number, 10), 0);
    turn_until(fixture, fixture->acknowledged == 200);
    AUTO(str) char *file = find_file(fixture, "journal", 0);
    change_byte(file, size_of(file) - 10);
    fixture->answer = 0;
    turn_until(fixture, strstr(strbuf_text(&fixture->stored), " 199 "));
    turn_often(fixture);
    post_many(fixture, 300, 301);
    turn_until(fixture, strstr(strbuf_text(&fixture->stored), " 199 300 301 "));
}

static void puts_a_file_that_is_no_journal_aside(void **state)
{
    struct fixture *fixture = *state;
    AUTO(str) char *file = leave_three(fixture);
    change_byte(file, 3);
    start(fixture);
    post_many(fixture, 4, 4);
    assert_stored(fixture, "4 ");
    turn_until(fixture, has_file(fixture, "damaged"));
}

/* Posts as fast as it can, and writes down each number that was answered. */
static void sender(struct fixture *fixture, int fd)
{
    struct fixture *own = memory_new(sizeof *own);
    snprintf(own->folder, sizeof own->folder, "%s", fixture->folder);
    own->answer = NO_ANSWER;
    start_loop(own);
    own->intake = intake_new(64 << 20);
    start(own);
    for (int number = 1;; number++) {
        if (post(own, number, 100) < 0)
            _exit(1);
        turn_until(own, own->acknowledged == number);
        if (write(fd, &number, sizeof number) < 0)
            _exit(1);
    }
}

static void loses_nothing_that_was_answered_when_it_is_killed(void **state)
{
    struct fixture *fixture = *state;
    for (int round = 0; round < 8; round++) {
        stop(fixture);
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        if (pid == 0)
            sender(fixture, ends[1]);
        close(ends[1]);
        int last = 0;
        while (last < 20 + round * 7)
            assert_int_equal(read(ends[0], &last, sizeof last), sizeof last);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        while (read(ends[0], &last, sizeof last) > 0)
            ;
        close(ends[0]);

        AUTO(strbuf) struct strbuf wanted = {0};
        for (int number = 1; number <= last; number++)
            strbuf_printf(&wanted, "%d ", number);
        strbuf_clear(&fixture->stored);
        start(fixture);
        turn_until(fixture, fixture->stored.size >= wanted.size);
        assert_memory_equal(fixture->stored.data, wanted.data, wanted.size);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hands_over_what_was_put_in_its_order),
        TEST(answers_once_it_is_synced_and_many_by_one_sync),
        TEST(writes_to_a_quick_disk_at_once),
        TEST(a_slow_disk_does_not_stop_the_loop),
        TEST(answers_before_it_is_stored),
        TEST(removes_the_journal_when_all_is_stored),
        TEST(removes_each_segment_when_it_is_stored),
        TEST(keeps_order_beyond_its_window),
        TEST(tries_again_in_order_until_the_store_can_be_written),
        TEST(waits_for_what_was_answered_before),
        TEST(waits_no_longer_than_it_says),
        TEST(waits_for_no_store_that_cannot_be_written),
        TEST(refuses_when_the_journal_is_full),
        TEST(a_full_disk_takes_the_small_one_and_nothing_of_the_large),
        TEST(hands_over_again_what_was_not_stored),
        TEST(a_file_that_cannot_be_opened_for_now_is_not_damaged),
        TEST(a_message_is_the_same_when_it_is_handed_over_again),
        TEST(keeps_what_is_for_the_dead_letters),
        TEST(keeps_on_disk_what_is_not_handed_over_at_the_end),
        TEST(drops_a_record_that_a_crash_cut_short),
        TEST(drops_bytes_that_a_crash_left_blank),
        TEST(drops_a_segment_that_was_just_begun),
        TEST(puts_a_damaged_record_aside_with_what_follows_it),
        TEST(what_comes_after_damage_goes_into_another_segment),
        TEST(puts_a_file_that_is_no_journal_aside),
        TEST(loses_nothing_that_was_answered_when_it_is_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
