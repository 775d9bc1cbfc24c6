// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "mail_server.h"
#include "notify/notifier.h"
#include "sample.h"

static char *certificate, *key; /* of localhost, signed by itself */

struct fixture {
    struct mail_server server;
    struct config *config;
    void *email; /* NULL: not opened */
    struct notice notice;
    struct error error;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_new(sizeof *fixture);
    mail_server_init(&fixture->server);
    fixture->config = config_new();
    fixture->notice = sample_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    notifier_find("email")->close(fixture->email);
    config_free(fixture->config);
    notice_clear(&fixture->notice);
    mail_server_clear(&fixture->server);
    free(fixture);
    return 0;
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Starts the server, and the notifier that knows it. */
static void begin(struct fixture *fixture, const char *scheme,
                  const char *const words[])
{
    mail_server_start(&fixture->server, words);
    assert_int_not_equal(fixture->server.port, 0);
    free(fixture->config->smtp_url);
    fixture->config->smtp_url =
        text_format("%s://localhost:%d", scheme, fixture->server.port);
    assert_int_equal(notifier_find("email")->open(fixture->config, NULL,
                                                  &fixture->email, &fixture->error),
                     0);
}

static int tell(struct fixture *fixture)
{
    return notifier_find("email")->tell(fixture->email, &fixture->notice,
                                        &fixture->error);
}

static void expect_told(struct fixture *fixture, int mails)
{
    if (tell(fixture) < 0)
        fail_msg("%s", fixture->error.text);
    assert_int_equal(mail_server_count(&fixture->server), mails);
}

static void expect_refusal(struct fixture *fixture, const char *words)
{
    assert_true(tell(fixture) < 0);
    if (!strstr(fixture->error.text, words))
        fail_msg("\"%s\" is not in: %s", words, fixture->error.text);
    AUTO(str) char *url = text_format("%s: ", fixture->config->smtp_url);
    assert_memory_equal(fixture->error.text, url, strlen(url));
    assert_int_equal(mail_server_count(&fixture->server), 0);
}

static void expect_header(const struct fixture *fixture, const char *name,
                          const char *wanted)
{
    AUTO(str) char *found = mail_server_read(&fixture->server, 0, name);
    AUTO(str) char *line = text_format("%s\n", wanted);
    assert_non_null(found);
    assert_string_equal(found, line);
}

/* ---- mail arrives ---- */

static void a_mail_arrives(void **state)
{
    struct fixture *fixture = *state;
    sample_text(&fixture->config->mail_from, "dog@example.org");
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    expect_header(fixture, "Subject", "[sheepdog] FAIL penguin2 P2-ETC (2)");
    expect_header(fixture, "From", "dog@example.org");
    expect_header(fixture, "Return-Path", "<dog@example.org>");
    expect_header(fixture, "Delivered-To", "admin@example.org");
}

static void any_language_and_any_line_come_through(void **state)
{
    struct fixture *fixture = *state;
    struct message *message = fixture->notice.message;
    sample_tag(&fixture->notice, "Sicherung für das Büro, 牧羊犬 и собака 🐑🐑🐑 € naïve");
    sample_output(&message->errors, ".\n..\nFrom here\n =20 \nécrit\n.");
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    expect_header(fixture, "Subject",
                  "[sheepdog] FAIL penguin2 Sicherung für das Büro, 牧羊犬 и собака "
                  "🐑🐑🐑 € naïve (2)");
    AUTO(str) char *body = mail_server_read(&fixture->server, 0, NULL);
    assert_non_null(body);
    assert_non_null(strstr(body, "\n  .\n  ..\n  From here\n   =20 \n  écrit\n  .\n"));
}

static void nothing_that_was_sent_writes_a_header(void **state)
{
    struct fixture *fixture = *state;
    struct message *message = fixture->notice.message;
    sample_tag(&fixture->notice, "x\r\nBcc: eve@example.net\r\n\r\n.\r\nQUIT");
    sample_text(&fixture->notice.host, "h\r\nTo: eve@example.net");
    sample_output(&message->errors, "\r\n.\r\nMAIL FROM:<eve@example.net>\r\n");
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    expect_header(fixture, "Bcc", "None");
    expect_header(fixture, "To", "admin@example.org");
    sample_text(&fixture->notice.address, "a@example.org>\r\nRCPT TO:<eve@x.net");
    assert_int_equal(tell(fixture), -EINVAL);
}

static void the_sender_is_sheepdog_at_this_host(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    AUTO(str) char *from = mail_server_read(&fixture->server, 0, "From");
    assert_non_null(from);
    assert_memory_equal(from, "sheepdog@", 9);
}

/* ---- the server's moods ---- */

static void a_connection_that_the_server_is_tired_of_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--once"));
    expect_told(fixture, 1);
    expect_told(fixture, 2);
    expect_told(fixture, 3);
}

static void a_server_that_was_away_is_found_again(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    mail_server_stop(&fixture->server);
    assert_int_equal(tell(fixture), -ECONNREFUSED);
    assert_non_null(strstr(fixture->error.text, ": Connection refused"));
    mail_server_start(&fixture->server, NULL);
    expect_told(fixture, 2);
}

static void what_was_put_off_is_taken_later(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--refuse", "1"));
    expect_refusal(fixture, "451 4.3.0 not now, try again later");
    expect_told(fixture, 1);
}

static void a_refusal_is_told_in_the_servers_words(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--reject-recipient", "admin@example.org"));
    expect_refusal(fixture, "550 5.1.1 <admin@example.org>: no such user here");
    sample_text(&fixture->notice.address, "other@example.org");
    expect_told(fixture, 1);
}

static void closing_waits_for_no_farewell(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", NULL);
    expect_told(fixture, 1);
    kill(fixture->server.pid, SIGSTOP);
    int64_t start = clock_monotonic();
    notifier_find("email")->close(TAKE(fixture->email));
    kill(fixture->server.pid, SIGCONT);
    assert_in_range(clock_monotonic() - start, 0, 20 * 1000000);
}

static void a_server_that_hangs_up_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--drop"));
    expect_refusal(fixture, "");
}

/* ---- TLS and login ---- */

static void starttls_is_used_and_verified(void **state)
{
    struct fixture *fixture = *state;
    fixture->config->smtp_starttls = true;
    sample_text(&fixture->config->smtp_ca, certificate);
    begin(fixture, "smtp", WORDS("--starttls", certificate, key));
    expect_told(fixture, 1);
}

static void a_certificate_that_is_not_trusted_is_refused(void **state)
{
    struct fixture *fixture = *state;
    fixture->config->smtp_starttls = true;
    begin(fixture, "smtp", WORDS("--starttls", certificate, key));
    expect_refusal(fixture, "certificate");
}

static void on_loopback_any_certificate_will_do_unless_tls_is_demanded(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--starttls", certificate, key));
    expect_told(fixture, 1);
}

static void a_name_that_begins_like_loopback_is_verified(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--starttls", certificate, key));
    notifier_find("email")->close(TAKE(fixture->email));
    free(fixture->config->smtp_url);
    fixture->config->smtp_url =
        text_format("smtp://127.localhost:%d", fixture->server.port);
    assert_int_equal(
        notifier_find("email")->open(fixture->config, NULL, &fixture->email, NULL), 0);
    expect_refusal(fixture, "certificate");
}

static void starttls_that_is_demanded_and_not_offered_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    fixture->config->smtp_starttls = true;
    begin(fixture, "smtp", NULL);
    expect_refusal(fixture, "STARTTLS");
}

static void smtps_is_verified(void **state)
{
    struct fixture *fixture = *state;
    sample_text(&fixture->config->smtp_ca, certificate);
    begin(fixture, "smtps", WORDS("--smtps", certificate, key));
    expect_told(fixture, 1);
    notifier_find("email")->close(fixture->email);
    sample_text(&fixture->config->smtp_ca, "");
    assert_int_equal(
        notifier_find("email")->open(fixture->config, NULL, &fixture->email, NULL), 0);
    assert_true(tell(fixture) < 0);
    assert_non_null(strstr(fixture->error.text, "certificate"));
}

static void logs_in_over_tls(void **state)
{
    struct fixture *fixture = *state;
    sample_text(&fixture->config->smtp_user, "dog");
    sample_text(&fixture->config->smtp_password, "s3cret");
    sample_text(&fixture->config->smtp_ca, certificate);
    begin(fixture, "smtp",
          WORDS("--starttls", certificate, key, "--login", "dog", "s3cret"));
    expect_told(fixture, 1);
}

static void logs_in_in_the_clear_on_loopback(void **state)
{
    struct fixture *fixture = *state;
    sample_text(&fixture->config->smtp_user, "dog");
    sample_text(&fixture->config->smtp_password, "s3cret");
    begin(fixture, "smtp", WORDS("--login", "dog", "s3cret", "--auth-plain-ok"));
    expect_told(fixture, 1);
}

static void a_wrong_password_is_said_and_never_shown(void **state)
{
    struct fixture *fixture = *state;
    sample_text(&fixture->config->smtp_user, "dog");
    sample_text(&fixture->config->smtp_password, "n0t-s3cret");
    begin(fixture, "smtp", WORDS("--login", "dog", "s3cret", "--auth-plain-ok"));
    expect_refusal(fixture, "login as dog: 535 ");
    assert_null(strstr(fixture->error.text, "s3cret"));
}

static void without_the_login_that_is_demanded_nothing_goes(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, "smtp", WORDS("--login", "dog", "s3cret", "--auth-plain-ok"));
    expect_refusal(fixture, "530 ");
}

/* ---- settings ---- */

static void refuses_settings_that_cannot_work(void **state)
{
    struct fixture *fixture = *state;
    static const char *const urls[] = {
        "", "localhost:25", "http://localhost", "smtp://", "smtp://me:s3cret@localhost",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        sample_text(&fixture->config->smtp_url, urls[i]);
        assert_int_equal(notifier_find("email")->open(fixture->config, NULL,
                                                      &fixture->email, &fixture->error),
                         -EINVAL);
        assert_memory_equal(fixture->error.text, "smtp url: ", 10);
        assert_null(strstr(fixture->error.text, "s3cret"));
    }
    sample_text(&fixture->config->smtp_url, "smtp://localhost");
    sample_text(&fixture->config->mail_from, "dog\r\n@x");
    assert_int_equal(
        notifier_find("email")->open(fixture->config, NULL, &fixture->email, NULL),
        -EINVAL);
}

/* ---- certificates ---- */

static int make_certificate(void **state UNUSED)
{
    static char folder[] = "/tmp/sheepdog-tls.XXXXXX";
    if (!mkdtemp(folder))
        return -1;
    certificate = text_format("%s/cert.pem", folder);
    key = text_format("%s/key.pem", folder);
    char *argv[] = {(char *)"/usr/bin/openssl",
                    (char *)"req",
                    (char *)"-x509",
                    (char *)"-newkey",
                    (char *)"ec",
                    (char *)"-pkeyopt",
                    (char *)"ec_paramgen_curve:prime256v1",
                    (char *)"-nodes",
                    (char *)"-subj",
                    (char *)"/CN=localhost",
                    (char *)"-addext",
                    (char *)"subjectAltName=DNS:localhost",
                    (char *)"-days",
                    (char *)"2",
                    (char *)"-keyout",
                    key,
                    (char *)"-out",
                    certificate,
                    NULL};
    AUTO(strbuf) struct strbuf ignored = {0};
    return run_program(argv, &ignored);
}

static int remove_certificate(void **state UNUSED)
{
    unlink(certificate);
    unlink(key);
    *strrchr(key, '/') = '\0';
    rmdir(key);
    free(certificate);
    free(key);
    return 0;
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_mail_arrives),
        WITH_SERVER(any_language_and_any_line_come_through),
        WITH_SERVER(nothing_that_was_sent_writes_a_header),
        WITH_SERVER(the_sender_is_sheepdog_at_this_host),
        WITH_SERVER(a_connection_that_the_server_is_tired_of_is_replaced),
        WITH_SERVER(a_server_that_was_away_is_found_again),
        WITH_SERVER(what_was_put_off_is_taken_later),
        WITH_SERVER(a_refusal_is_told_in_the_servers_words),
        WITH_SERVER(closing_waits_for_no_farewell),
        WITH_SERVER(a_server_that_hangs_up_is_an_error),
        WITH_SERVER(starttls_is_used_and_verified),
        WITH_SERVER(a_certificate_that_is_not_trusted_is_refused),
        WITH_SERVER(on_loopback_any_certificate_will_do_unless_tls_is_demanded),
        WITH_SERVER(a_name_that_begins_like_loopback_is_verified),
        WITH_SERVER(starttls_that_is_demanded_and_not_offered_is_an_error),
        WITH_SERVER(smtps_is_verified),
        WITH_SERVER(logs_in_over_tls),
        WITH_SERVER(logs_in_in_the_clear_on_loopback),
        WITH_SERVER(a_wrong_password_is_said_and_never_shown),
        WITH_SERVER(without_the_login_that_is_demanded_nothing_goes),
        WITH_SERVER(refuses_settings_that_cannot_work),
    };
    return cmocka_run_group_tests(tests, make_certificate, remove_certificate);
}
