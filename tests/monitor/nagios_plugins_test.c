// SPDX-License-Identifier: GPL-3.0-or-later
/* nagios_plugins - the real plugins of Debian's monitoring-plugins-basic, run as the
 * daemon runs them: what we make of each is what another reader of perfdata, in Python,
 * makes of the same output and exit status. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "monitor/helper.h"
#include "monitor/lines.h"
#include "said.h"

#define PLUGINS  "/usr/lib/nagios/plugins/"
#define PYTHON   "/usr/bin/python3"
#define PATIENCE 30000 /* ms */

extern const struct monitor monitor_nagios;

/* Words parted by blanks; @ftp is the port of that service (tests/lab/services.py);
 * @scratch a file of ours. Port 1 is closed. */
static const char *const commands[] = {
    "check_dummy 0 fine",
    "check_dummy 1",
    "check_dummy 2 bad",
    "check_dummy 3",
    "check_dummy 7",
    "check_disk -w 20% -c 10% -p /",
    "check_disk -w 20% -c 10% -p /nowhere",
    "check_disk -u kB -w 1 -c 1 -W 1% -K 1% -e -p / -p /proc",
    "check_load -w 99,99,99 -c 99,99,99",
    "check_load -r -w 0,0,0 -c 99,99,99",
    "check_procs -w 1 -c 100000",
    "check_procs -m RSS -w 1 -c 2",
    "check_procs -m CPU -v -C sh",
    "check_users -w 90 -c 99",
    "check_swap -w 20% -c 10% -n ok",
    "check_file_age -f @scratch -w 100 -c 200 -W 5",
    "check_file_age -f /nowhere",
    "check_log -F @scratch -O @scratch.old -q nothing",
    "check_cluster -s -d 0,1,2,0 -l herd -w 1 -c 2",
    "check_http -H 127.0.0.1 -p @http",
    "check_http -H 127.0.0.1 -p @http -s wolf -v",
    "check_http -H 127.0.0.1 -p 1",
    "check_tcp -H 127.0.0.1 -p @ssh -e SSH",
    "check_tcp -H 127.0.0.1 -p 1",
    "check_udp -H 127.0.0.1 -p @udp -s baa -e baa",
    "check_ssh -p @ssh 127.0.0.1",
    "check_ssh -p 1 127.0.0.1",
    "check_smtp -H 127.0.0.1 -p @smtp -t 5",
    "check_ftp -H 127.0.0.1 -p @ftp -t 5",
    "check_imap -H 127.0.0.1 -p @imap -t 5",
    "check_pop -H 127.0.0.1 -p @pop -t 5",
    "check_nntp -H 127.0.0.1 -p @nntp -t 5",
    "check_clamd -H 127.0.0.1 -p @clamd -t 5",
    "check_jabber -H 127.0.0.1 -p @jabber -t 5",
    "check_time -H 127.0.0.1 -p @time -w 60 -c 90 -t 5",
    "check_time -H 127.0.0.1 -p 1",
    "check_ping -H 127.0.0.1 -w 100,20% -c 200,40% -p 1",
    "check_icmp -H 127.0.0.1 -n 1",
    "check_rta_multi -H 127.0.0.1 -n 1",
    "check_host -H 127.0.0.1 -n 1",
    "check_ntp_time -H 127.0.0.1 -t 2",
    "check_ntp_peer -H 127.0.0.1 -t 2",
    "check_sensors",
    "check_ups -H 127.0.0.1 -p 1 -u none -t 2",
    "check_nt -H 127.0.0.1 -p 1 -v CPULOAD -l 5,80,90 -t 2",
    "check_nwstat -H 127.0.0.1 -p 1 -t 2",
    "check_overcr -H 127.0.0.1 -p 1 -t 2",
    "check_real -H 127.0.0.1 -p 1 -t 2",
    "check_ircd -H 127.0.0.1 -p 1 -t 2",
    "check_mrtg -F @scratch -a MAX -v 1 -w 1 -c 2",
    "check_mrtgtraf -F /nowhere -a AVG -w 1,1 -c 2,2",
    "check_nagios -F /nowhere -e 5 -C nagios",
    "check_ide_smart -d /dev/null",
    "check_by_ssh -H 127.0.0.1 -p 1 -C true -t 2",
    "check_apt --help",
    "negate " PLUGINS "check_dummy 0 fine",
    "urlize http://127.0.0.1/ " PLUGINS "check_dummy 1 so-so",
};

struct fixture {
    struct texts names, ports; /* of the services */
    char *reader;              /* path of the other reader */
    char scratch[40];
    int hold; /* its end ends the services */
    pid_t services;
};

static void read_ports(int fd, struct fixture *fixture)
{
    AUTO(file) FILE *file = fdopen(fd, "r");
    char name[20], port[20];
    while (fscanf(file, "%19s", name) == 1 && strcmp(name, "ready") != 0) {
        if (fscanf(file, "%19s", port) != 1)
            break;
        texts_add(&fixture->names, name);
        texts_add(&fixture->ports, port);
    }
}

static void start_services(struct fixture *fixture)
{
    int in[2], out[2];
    assert_true(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    fixture->services = fork();
    if (fixture->services == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execl(PYTHON, PYTHON, "tests/lab/services.py", NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    fixture->hold = in[1];
    read_ports(out[0], fixture);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    snprintf(fixture->scratch, sizeof fixture->scratch, "/tmp/sheepdog-test.XXXXXX");
    close(mkstemp(fixture->scratch));
    fixture->reader = realpath("tests/lab/nagios_reader.py", NULL);
    start_services(fixture);
    *state = fixture;
    return fixture->reader && fixture->ports.count > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    close(fixture->hold);
    waitpid(fixture->services, NULL, 0);
    AUTO(str) char *old = text_format("%s.old", fixture->scratch);
    unlink(fixture->scratch);
    unlink(old);
    texts_clear(&fixture->names);
    texts_clear(&fixture->ports);
    free(fixture->reader);
    free(fixture);
    return 0;
}

static char *replace(const struct fixture *fixture, const char *word)
{
    if (strncmp(word, "@scratch", 8) == 0)
        return text_format("%s%s", fixture->scratch, word + 8);
    for (size_t i = 0; *word == '@' && i < fixture->names.count; i++)
        if (strcmp(fixture->names.items[i], word + 1) == 0)
            return text_copy(fixture->ports.items[i]);
    assert_true(*word != '@');
    return text_copy(word);
}

/* The settings of one command. */
static struct settings *settings_of(const struct fixture *fixture, const char *command)
{
    AUTO(texts) struct texts words = {0};
    while (*command) {
        size_t length = strcspn(command, " ");
        AUTO(str) char *word = memory_copy(command, length);
        AUTO(str) char *replaced = replace(fixture, word);
        texts_add(&words, replaced);
        command += length + strspn(command + length, " ");
    }
    texts_add(&words, "");
    free(words.items[words.count - 1]);
    words.items[--words.count] = NULL;
    return said_settings(&monitor_nagios, (const char *const *)words.items);
}

static struct helper *run(char *const *argv, const struct ended *input,
                          struct ended *ret)
{
    struct helper_plan plan = {.argv = argv, .timeout = PATIENCE};
    if (input) {
        plan.input = input->out;
        plan.input_size = input->out_size;
    }
    struct helper *helper = NULL;
    assert_int_equal(helper_run(&plan, &helper, NULL), 0);
    helper_ended(helper, ret);
    return helper;
}

static bool is_blank(const struct ended *ended)
{
    return strspn(ended->out, " \t\r\n") == ended->out_size;
}

/* What the other reader makes of it; where it has nothing to read, the state alone. */
static void check_said(const struct fixture *fixture, const char *command,
                       const struct ended *ended, const char *said)
{
    char status[12];
    snprintf(status, sizeof status, "%d", ended->status);
    char *argv[] = {PYTHON, fixture->reader, status, NULL};
    struct ended other;
    AUTO(helper) struct helper *helper = run(argv, ended, &other);
    assert_non_null(helper);
    assert_int_equal(other.status, 0);
    size_t length = is_blank(ended) ? strcspn(other.out, " ") : other.out_size;
    bool is_same = strncmp(said, other.out, length) == 0 &&
                   (is_blank(ended) || strlen(said) == length);
    if (!is_same)
        fail_msg("%s\nprinted:\n%s\nwanted:\n%s\nfound:\n%s", command, ended->out,
                 other.out, said);
}

static void check_command(const struct fixture *fixture, const char *command)
{
    AUTO(settings) struct settings *settings = settings_of(fixture, command);
    AUTO(texts) struct texts argv = {0};
    assert_int_equal(monitor_nagios.command(settings, &argv, NULL), 0);
    if (access(argv.items[0], X_OK) != 0)
        fail_msg("%s is not there", argv.items[0]);
    argv.items = memory_resize(argv.items, (argv.count + 1) * sizeof *argv.items);
    argv.items[argv.count] = NULL;

    struct ended ended;
    AUTO(helper) struct helper *helper = run(argv.items, NULL, &ended);
    assert_non_null(helper);
    AUTO(strbuf) struct strbuf found = {0};
    said(&monitor_nagios, settings, &ended, &found);
    said_drop_log(&found);
    assert_false(ended.is_too_slow || ended.is_cut || ended.signal);
    if (ended.status <= 3)
        check_said(fixture, command, &ended, found.data);
    else
        assert_memory_equal(found.data, "fail (Return code of ", 21);
}

static void each_is_read_as_another_reader_reads_it(void **state)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        check_command(*state, commands[i]);
}

static void more_than_25_programs_are_run(void **state UNUSED)
{
    int programs = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        size_t length = strcspn(commands[i], " ") + 1;
        bool is_first = i == 0 || strncmp(commands[i], commands[i - 1], length) != 0;
        programs += is_first;
    }
    assert_true(programs > 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_read_as_another_reader_reads_it),
        cmocka_unit_test(more_than_25_programs_are_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
