// SPDX-License-Identifier: GPL-3.0-or-later
/* trust - through http, against a server with a certificate of its own making. */
#include "queue/trust.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "identity.h"
#include "queue/http.h"

#define DAY       86400
#define TOKEN     "sheepdog_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define OTHER_PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define ANSWER    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

/* One GET with that configuration; what the server heard of it is *ret_heard. */
static int get(const struct identity *identity, const struct config *config,
               char **ret_heard, struct error *err)
{
    struct canned server = identity_start(identity, ANSWER);
    AUTO(str) char *url = text_format("https://localhost:%d", server.port);
    AUTO(http) struct http *http = NULL;
    AUTO(http_answer) struct http_answer answer = {0};
    int rc = http_open(config, url, &http, err);
    assert_int_equal(rc, 0);
    http_set_deadline(http, clock_monotonic() + 20000000);
    rc = http_get(http, "/v1/token", &answer, err);
    *ret_heard = canned_stop(&server);
    if (rc < 0)
        assert_ptr_equal(strstr(err->text, url), err->text);
    return rc;
}

static void refuses(const struct identity *identity, const struct config *config,
                    int wanted, const char *words)
{
    AUTO(str) char *heard = NULL;
    struct error err;
    assert_int_equal(get(identity, config, &heard, &err), wanted);
    assert_string_equal(heard, "");
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    assert_null(strstr(err.text, "sheepdog_"));
}

static void takes(const struct identity *identity, const struct config *config)
{
    AUTO(str) char *heard = NULL;
    struct error err = {0};
    int rc = get(identity, config, &heard, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    assert_non_null(strstr(heard, "GET /v1/token HTTP/1.1\r\n"));
    assert_non_null(strstr(heard, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
}

static struct config pinned(const char *pin)
{
    return (struct config){.token = (char *)TOKEN, .pin = (char *)pin};
}

static struct config vouched_for(const char *ca)
{
    return (struct config){.token = (char *)TOKEN, .ca = (char *)ca};
}

static void takes_the_pinned_key(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = pinned(own.pin);
    takes(&own, &config);
}

static void refuses_another_key(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = pinned(OTHER_PIN);
    refuses(&own, &config, -EACCES, ": its key is not the pinned one");
}

static void asks_the_pin_alone(void **state UNUSED)
{
    AUTO(identity) struct identity old = identity_make("other.example", -DAY);
    struct config config = pinned(old.pin);
    takes(&old, &config);
}

static void refuses_another_key_although_a_ca_vouches_for_it(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = pinned(OTHER_PIN);
    config.ca = own.file;
    refuses(&own, &config, -EACCES, ": its key is not the pinned one");
}

static void takes_what_the_ca_vouches_for(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = vouched_for(own.file);
    takes(&own, &config);
}

static void refuses_what_nobody_vouches_for(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = vouched_for("");
    refuses(&own, &config, -EACCES,
            ": its certificate is not trusted: nobody whom we trust vouches for it; "
            "set (ca …) or (pin …)");
}

static void refuses_what_another_ca_vouches_for(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    AUTO(identity) struct identity other = identity_make("localhost", DAY);
    struct config config = vouched_for(other.file);
    refuses(&own, &config, -EACCES, "is not trusted: ");
}

static void refuses_another_name(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("other.example", DAY);
    struct config config = vouched_for(own.file);
    refuses(&own, &config, -EACCES, "is not trusted: it is made out to another name");
}

static void refuses_what_has_expired(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", -DAY);
    struct config config = vouched_for(own.file);
    refuses(&own, &config, -EACCES, "is not trusted: it has expired");
}

static void says_that_the_ca_cannot_be_read(void **state UNUSED)
{
    AUTO(identity) struct identity own = identity_make("localhost", DAY);
    struct config config = vouched_for("/nonexistent/ca.pem");
    refuses(&own, &config, -EINVAL, ": the file of (ca …) cannot be read");
}

static void says_that_no_tls_is_spoken(void **state UNUSED)
{
    const char *raw = "220 mail.example.org ESMTP\r\n";
    struct canned server = canned_start(&raw, 1);
    AUTO(str) char *url = text_format("https://127.0.0.1:%d", server.port);
    AUTO(http) struct http *http = NULL;
    AUTO(http_answer) struct http_answer answer = {0};
    struct config config = pinned(OTHER_PIN);
    struct error err;
    assert_int_equal(http_open(&config, url, &http, NULL), 0);
    http_set_deadline(http, clock_monotonic() + 500000);
    int rc = http_get(http, "/", &answer, &err);
    AUTO(str) char *heard = canned_stop(&server);
    assert_true(rc == -EPROTO || rc == -ETIMEDOUT || rc == -ECONNRESET);
    assert_null(strstr(heard, TOKEN));
}

static void knows_a_pin(void **state UNUSED)
{
    assert_int_equal(trust_check_pin(OTHER_PIN, NULL), 0);
}

static void refuses_what_is_no_pin(void **state UNUSED)
{
    static const char *const pins[] = {
        "sha256//",
        "sha256//AAAA",
        "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SHA256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;x",
        "/etc/ssl/key.pem",
        "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    };
    for (size_t i = 0; i < sizeof pins / sizeof *pins; i++) {
        struct config config = pinned(pins[i]);
        struct http *http;
        struct error err;
        assert_int_equal(trust_check_pin(pins[i], &err), -EINVAL);
        assert_int_equal(http_open(&config, "https://localhost", &http, &err), -EINVAL);
    }
}

static void knows_loopback(void **state UNUSED)
{
    assert_true(trust_is_loopback("localhost"));
    assert_true(trust_is_loopback("127.0.0.1"));
    assert_true(trust_is_loopback("127.9.9.9"));
    assert_true(trust_is_loopback("::1"));
    assert_false(trust_is_loopback("192.0.2.1"));
    assert_false(trust_is_loopback("127.0.0.1.example.org"));
    assert_false(trust_is_loopback("localhost.example.org"));
    assert_false(trust_is_loopback("::2"));
    assert_false(trust_is_loopback(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_pinned_key),
        cmocka_unit_test(refuses_another_key),
        cmocka_unit_test(asks_the_pin_alone),
        cmocka_unit_test(refuses_another_key_although_a_ca_vouches_for_it),
        cmocka_unit_test(takes_what_the_ca_vouches_for),
        cmocka_unit_test(refuses_what_nobody_vouches_for),
        cmocka_unit_test(refuses_what_another_ca_vouches_for),
        cmocka_unit_test(refuses_another_name),
        cmocka_unit_test(refuses_what_has_expired),
        cmocka_unit_test(says_that_the_ca_cannot_be_read),
        cmocka_unit_test(says_that_no_tls_is_spoken),
        cmocka_unit_test(knows_a_pin),
        cmocka_unit_test(refuses_what_is_no_pin),
        cmocka_unit_test(knows_loopback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
