// SPDX-License-Identifier: GPL-3.0-or-later
/* log - a line a call on stderr, that no message can forge. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/clock.h"

/* What stderr gets between these two. */
static FILE *catcher;
static int real_stderr;

static void catch (void)
{
    fflush(stderr);
    catcher = tmpfile();
    assert_non_null(catcher);
    real_stderr = dup(STDERR_FILENO);
    dup2(fileno(catcher), STDERR_FILENO);
}

static const char *caught(void)
{
    static char text[10000];
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    rewind(catcher);
    size_t size = fread(text, 1, sizeof text - 1, catcher);
    text[size] = '\0';
    fclose(catcher);
    return text;
}

static void writes_time_level_and_text(void **state UNUSED)
{
    catch ();
    log_warning("door: %s: %d", "refused", 7);
    char text[200], time[32];
    snprintf(text, sizeof text, "%s", caught());
    assert_string_equal(text + 24, " warning door: refused: 7\n");
    snprintf(time, sizeof time, "%.24s", text);
    int64_t when;
    assert_int_equal(clock_parse_utc(time, &when, NULL), 0);
    assert_true(clock_now() - when < 60000);
}

static void keeps_below_its_limit_silent(void **state UNUSED)
{
    catch ();
    log_debug("not this");
    log_info("but this");
    log_error("and this");
    const char *text = caught();
    assert_null(strstr(text, "not this"));
    assert_non_null(strstr(text, " info but this\n"));
    assert_non_null(strstr(text, " error and this\n"));

    catch ();
    log_limit(LOG_LEVEL_DEBUG);
    log_debug("now this");
    log_limit(LOG_LEVEL_ERROR);
    log_warning("no longer this");
    log_limit(LOG_LEVEL_INFO);
    text = caught();
    assert_non_null(strstr(text, " debug now this\n"));
    assert_null(strstr(text, "no longer"));
}

static void a_message_cannot_forge_a_line(void **state UNUSED)
{
    catch ();
    log_info("tag a\n2026-11-22T09:48:08.123Z error forged\r\x1B[2J\x7F\xC2\x9B"
             "2J \xC2\xA0");
    const char *text = caught();
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    assert_null(strpbrk(text, "\r\x1B\x7F\x9B"));
    assert_non_null(strstr(text, " \xC2\xA0\n"));
}

static void a_long_line_is_cut_and_still_ends(void **state UNUSED)
{
    static char text[5000];
    memset(text, 'x', sizeof text - 1);
    for (size_t room = 1900; room < 2100; room++) {
        catch ();
        log_info("%.*s", (int)room, text);
        const char *line = caught();
        assert_true(strlen(line) <= 2048);
        assert_int_equal(line[strlen(line) - 1], '\n');
        assert_int_equal(line[strlen(line) - 2], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_time_level_and_text),
        cmocka_unit_test(keeps_below_its_limit_silent),
        cmocka_unit_test(a_message_cannot_forge_a_line),
        cmocka_unit_test(a_long_line_is_cut_and_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
