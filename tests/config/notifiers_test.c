// SPDX-License-Identifier: GPL-3.0-or-later
/* notifiers - each kind is read, and what is wrong is said where it stands. */
#include "config/notifiers.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "../folder.h"
#include "base/files.h"
#include "base/memory.h"
#include "parsed.h"

static void reads_each_kind(void **state UNUSED)
{
    AUTO(config)
    struct config *config = parsed(
        "(notifier oncall (email \"a@example.org\" \"root\"))"
        "(config (notifier chat (webhook \"https://chat.example.org/hook\""
        "  (header \"X-Key: 1\") (header \"X-Other: 2\") (method \"PUT\")"
        "  (template \"{\\\"text\\\":\\\"{{headline}}\\\"}\"))))"
        "(notifier pager (exec \"/usr/bin/page\" \"-v\" (timeout \"10s\")))"
        "(notifier phone (ntfy \"http://ntfy.example.org/topic\" (token \"tk_1\")))"
        "(notifier audit (log \"/var/log/alerts\"))");
    assert_int_equal(config->notifiers.count, 5);
    const struct notifier_form *mail = notifier_form_find(config, "oncall");
    assert_string_equal(mail->kind, "email");
    assert_string_equal(mail->values.items[1], "root");
    const struct notifier_form *chat = notifier_form_find(config, "chat");
    assert_string_equal(notifier_form_text(chat, "method"), "PUT");
    assert_int_equal(chat->count, 4);
    assert_null(notifier_form_text(chat, "token"));
    assert_int_equal(notifier_form_find(config, "pager")->values.count, 2);
    assert_string_equal(
        notifier_form_text(notifier_form_find(config, "phone"), "token"), "tk_1");
    assert_true(notifier_is_known(config, "audit"));
}

static void log_and_mailto_are_there_without_being_named(void **state UNUSED)
{
    AUTO(config) struct config *config = parsed("");
    assert_true(notifier_is_known(config, "log"));
    assert_true(notifier_is_known(config, "mailto"));
    assert_false(notifier_is_known(config, "email"));
    assert_null(notifier_form_find(config, "log"));
    assert_refuses("(notifier log (log \"x\"))",
                   "conf:1:11: notifier: there is one called log already");
    assert_refuses("(notifier a (log \"x\")) (notifier a (log \"y\"))",
                   "conf:1:34: notifier: there is one called a already");
}

static void asks_which_kind_was_meant(void **state UNUSED)
{
    assert_refuses("(notifier a\n  (webhok \"https://x\"))",
                   "conf:2:4: no kind of notifier is called \"webhok\"; did you mean "
                   "webhook?");
    assert_refuses("(notifier a (pigeon \"x\"))",
                   "conf:1:14: no kind of notifier is called \"pigeon\"; expected "
                   "email, webhook, exec, ntfy or log");
    assert_refuses("(notifier a (webhook \"https://x\" (heeder \"A: b\")))",
                   "conf:1:35: no setting is called \"heeder\" within webhook; did you "
                   "mean header?");
}

static void says_what_is_wrong_with_a_value(void **state UNUSED)
{
    assert_refuses("(notifier a)", "conf:1:1: notifier: found a list, expected "
                                   "(notifier NAME (KIND …))");
    assert_refuses("(notifier \"a/b\" (log \"x\"))",
                   "conf:1:11: notifier: found the string \"a/b\", expected a name of "
                   "letters and digits, such as oncall");
    assert_refuses("(notifier a (email))",
                   "conf:1:13: email: found 0 values, expected \"addresses\"");
    assert_refuses("(notifier a (email \"a b\"))",
                   "conf:1:20: email: \"a b\" is no mail address");
    assert_refuses("(notifier a (log \"x\" \"y\"))",
                   "conf:1:13: log: found 2 values, expected a \"file\"");
    assert_refuses("(notifier a (ntfy \"ftp://x\"))",
                   "conf:1:19: ntfy: expected https://HOST/… or http://HOST/…");
    assert_refuses("(notifier a (webhook \"http://x\" (method \"GET\")))",
                   "conf:1:41: method: found GET, expected POST, PUT or PATCH");
    assert_refuses("(notifier a (exec \"x\" (timeout \"1h\")))",
                   "conf:1:32: timeout: found 1h, expected 1s to 10min");
    assert_refuses("(notifier a (exec \"x\" (timeout \"5s\") (timeout \"5s\")))",
                   "conf:1:38: timeout stands here twice");
}

static void refuses_a_template_that_cannot_be_filled(void **state UNUSED)
{
    assert_refuses("(notifier a (webhook \"http://x\" (template \"{{headlin}}\")))",
                   "conf:1:43: template: {{headlin}} is nothing that can be told; did "
                   "you mean headline?");
    assert_refuses("(notifier a (webhook \"http://x\" (template \"a {{host\")))",
                   "conf:1:43: template: found {{, expected }} behind it");
}

static void a_secret_is_never_quoted(void **state UNUSED)
{
    assert_refuses("(notifier a (webhook \"http://x\" (header \"geheim\")))",
                   "conf:1:41: header: no header; expected \"NAME: VALUE\"");
    assert_refuses("(notifier a (webhook \"http://x\" (header \"A: geheim\\nB: c\")))",
                   "conf:1:41: header: no header; expected \"NAME: VALUE\"");
    assert_refuses("(notifier a (ntfy \"http://x\" (token \"geheim x\")))",
                   "conf:1:37: token: no token: it holds blanks, or no ASCII");
}

static void refuses_a_secret_that_others_can_read(void **state UNUSED)
{
    static const char *const texts[] = {
        "(notifier a (webhook \"http://x\" (header \"A: b\")))",
        "(notifier a (ntfy \"http://x\" (token \"b\")))",
        "(notifier a (webhook \"http://user:secret@x\"))",
    };
    char *folder = folder_make();
    AUTO(str) char *path = text_format("%s/conf", folder);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config = NULL;
        assert_int_equal(files_put(folder, "conf", texts[i], strlen(texts[i]), NULL),
                         0);
        assert_int_equal(config_load(path, &config, NULL), 0);
        config_free(config);
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(config_load(path, &config, NULL), -EPERM);
    }
    folder_remove(folder);
}

static void a_digest_goes_to_whom_there_is(void **state UNUSED)
{
    AUTO(config)
    struct config *config =
        parsed("(digest (at \"07:00\" \"Mon 12:00\") (to \"mailto\" \"chat\"))"
               "(notifier chat (log \"x\"))");
    assert_int_equal(config->digest_at.count, 2);
    assert_string_equal(config->digest_to.items[1], "chat");
    assert_refuses("(digest (to \"chatt\")) (notifier chat (log \"x\"))",
                   "conf:1:13: to: no notifier is called \"chatt\"; did you mean "
                   "chat?");
    struct config *wrong = NULL;
    assert_int_equal(config_parse("conf", "(digest (at \"25:00\"))", 22, &wrong, NULL),
                     -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(log_and_mailto_are_there_without_being_named),
        cmocka_unit_test(asks_which_kind_was_meant),
        cmocka_unit_test(says_what_is_wrong_with_a_value),
        cmocka_unit_test(refuses_a_template_that_cannot_be_filled),
        cmocka_unit_test(a_secret_is_never_quoted),
        cmocka_unit_test(refuses_a_secret_that_others_can_read),
        cmocka_unit_test(a_digest_goes_to_whom_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
