// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "notify/letter.h"
#include "sample.h"

static const struct mail_sender sender = {.address = "sheepdog@server.example.org",
                                          .host = "server.example.org"};

/* The whole mail, to be freed. */
static char *letter(const struct notice *notice)
{
    struct strbuf buf = {0};
    assert_int_equal(letter_put(&buf, notice, &sender, notice->made + 1000, NULL), 0);
    return strbuf_take(&buf);
}

/* The line of that header, to be freed; the test fails where it is not there once. */
static char *header(const char *letter, const char *name)
{
    AUTO(str) char *start = text_format("\r\n%s: ", name);
    const char *found = strstr(letter, start);
    assert_non_null(found);
    assert_null(strstr(found + 1, start));
    found += strlen(start);
    return memory_copy(found, strcspn(found, "\r"));
}

static void is_a_mail(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(str) char *text = letter(&notice);
    const char *wanted = "From: sheepdog@server.example.org\r\n"
                         "To: admin@example.org\r\n"
                         "Subject: [sheepdog] FAIL penguin2 P2-ETC (2)\r\n"
                         "Date: Sun, 22 Nov 2026 09:48:09 -0600\r\n"
                         "Message-ID: <telling.7.1795362488123@server.example.org>\r\n"
                         "In-Reply-To: <incident.";
    assert_memory_equal(text, wanted, strlen(wanted));
    assert_non_null(strstr(text, "\r\nAuto-Submitted: auto-generated\r\n"
                                 "MIME-Version: 1.0\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Transfer-Encoding: 7bit\r\n"
                                 "\r\n"
                                 "P2-ETC on penguin2 failed with status 2.\r\n"));
}

static void every_line_ends_with_cr_lf(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_output(&notice.message->errors, "a\nb\r\nc\rd\n\n.\n..\nnaïve\n");
    AUTO(str) char *text = letter(&notice);
    for (const char *at = text; (at = strpbrk(at, "\r\n")); at += 2)
        assert_memory_equal(at, "\r\n", 2);
}

static void one_incident_is_one_thread(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    AUTO(str) char *failure = letter(&notice);
    sample_recover(&notice);
    notice.number = 8;
    AUTO(str) char *recovery = letter(&notice);
    notice.incident++;
    AUTO(str) char *next = letter(&notice);
    notice.incident--;
    sample_text(&notice.tag, "P2-HOME");
    AUTO(str) char *other = letter(&notice);

    AUTO(str) char *of_failure = header(failure, "References");
    AUTO(str) char *reply = header(failure, "In-Reply-To");
    AUTO(str) char *of_recovery = header(recovery, "References");
    AUTO(str) char *of_next = header(next, "References");
    AUTO(str) char *of_other = header(other, "References");
    assert_string_equal(of_failure, reply);
    assert_string_equal(of_failure, of_recovery);
    assert_string_not_equal(of_failure, of_next);
    assert_string_not_equal(of_failure, of_other);
    AUTO(str) char *id_of_failure = header(failure, "Message-ID");
    AUTO(str) char *id_of_recovery = header(recovery, "Message-ID");
    assert_string_not_equal(id_of_failure, id_of_recovery);
}

static void a_tag_adds_no_header(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_tag(&notice, "x\r\nBcc: eve@example.net\r\n\r\nhello");
    sample_text(&notice.host, "h\nTo: eve@example.net");
    AUTO(str) char *text = letter(&notice);
    assert_null(strstr(text, "\nBcc"));
    assert_null(strstr(text, "\nhello"));
    AUTO(str) char *to = header(text, "To");
    assert_string_equal(to, "admin@example.org");
}

static void refuses_what_is_no_address(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_text(&notice.address, "a@example.org\r\nBcc: eve@example.net");
    struct strbuf buf = {0};
    struct error error;
    assert_int_equal(letter_put(&buf, &notice, &sender, 0, &error), -EINVAL);
    assert_non_null(strstr(error.text, "is no mail address"));
    sample_text(&notice.address, "a@example.org");
    struct mail_sender wrong = sender;
    wrong.address = "me>";
    assert_int_equal(letter_put(&buf, &notice, &wrong, 0, &error), -EINVAL);
    wrong = (struct mail_sender){.address = "me", .host = "a b"};
    assert_int_equal(letter_put(&buf, &notice, &wrong, 0, &error), -EINVAL);
    assert_null(buf.data);
}

static void a_local_name_gets_the_host_in_the_header(void **state UNUSED)
{
    AUTO(notice) struct notice notice = sample_new();
    sample_text(&notice.address, "root");
    AUTO(str) char *text = letter(&notice);
    AUTO(str) char *to = header(text, "To");
    assert_string_equal(to, "root@server.example.org");
}

int main(void)
{
    sample_zone();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_mail),
        cmocka_unit_test(every_line_ends_with_cr_lf),
        cmocka_unit_test(one_incident_is_one_thread),
        cmocka_unit_test(a_tag_adds_no_header),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(a_local_name_gets_the_host_in_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
