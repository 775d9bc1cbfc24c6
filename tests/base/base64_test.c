// SPDX-License-Identifier: GPL-3.0-or-later
/* base64 - RFC 4648's examples, every byte, and what is refused. */
#include "base/base64.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void encodes_the_examples_of_the_rfc(void **state UNUSED)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        AUTO(strbuf) struct strbuf text = {0}, bytes = {0};
        base64_encode(&text, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(strbuf_text(&text), pairs[i][1]);
        assert_int_equal(base64_decode(&bytes, pairs[i][1], strlen(pairs[i][1])), 0);
        assert_string_equal(strbuf_text(&bytes), pairs[i][0]);
    }
}

static void gives_back_every_byte_at_every_length(void **state UNUSED)
{
    unsigned char all[259];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)(i * 7);
    for (size_t size = 0; size <= sizeof all; size++) {
        AUTO(strbuf) struct strbuf text = {0}, bytes = {0};
        base64_encode(&text, all, size);
        assert_int_equal(text.size, (size + 2) / 3 * 4);
        assert_int_equal(base64_decode(&bytes, strbuf_text(&text), text.size), 0);
        assert_int_equal(bytes.size, size);
        assert_memory_equal(strbuf_text(&bytes), all, size);
    }
}

static void refuses_what_is_not_base64_and_leaves_the_buffer(void **state UNUSED)
{
    static const char *const wrong[] = {
        "Z",        "Zg",   "Zg=",  "Zm9vY", "====", "=",          "Z===",
        "Zg==Zg==", "Zm=v", "Zm9 ", "Zm9\n", "Zm-_", "Zm9vYg==\n", "Zm9v====",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO(strbuf) struct strbuf buf = {0};
        strbuf_puts(&buf, "kept");
        assert_int_equal(base64_decode(&buf, wrong[i], strlen(wrong[i])), -EINVAL);
        assert_string_equal(strbuf_text(&buf), "kept");
    }
    AUTO(strbuf) struct strbuf buf = {0};
    assert_int_equal(base64_decode(&buf, "Zm\0v", 4), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_the_examples_of_the_rfc),
        cmocka_unit_test(gives_back_every_byte_at_every_length),
        cmocka_unit_test(refuses_what_is_not_base64_and_leaves_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
