// SPDX-License-Identifier: GPL-3.0-or-later
/* parsed - a configuration of a text, and texts that are none; cmocka.h comes first. */
#ifndef TESTS_CONFIG_PARSED_H
#define TESTS_CONFIG_PARSED_H

#include <errno.h>
#include <string.h>

#include "config/config.h"

static inline struct config *parsed(const char *text)
{
    struct config *config = NULL;
    struct error err = {0};
    if (config_parse("conf", text, strlen(text), &config, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return config;
}

/* Its complaint is wanted; without a place for it, it is refused as well. */
static inline void assert_refuses(const char *text, const char *wanted)
{
    struct config *config = NULL;
    struct error err = {0};
    assert_int_equal(config_parse("conf", text, strlen(text), &config, &err), -EINVAL);
    assert_null(config);
    assert_string_equal(err.text, wanted);
    assert_int_equal(config_parse("conf", text, strlen(text), &config, NULL), -EINVAL);
}

#endif
