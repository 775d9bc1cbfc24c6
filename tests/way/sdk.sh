#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sdk: whatever a plugin says by the SDK of its language arrives as it was said: quotes,
# backslashes, newlines, letters of all kinds, numbers and dates; and what a receiver says
# of a message leaves it before it reads the next one.
. "$(dirname "$0")/lib.sh"
SHEEPDOG_SDK=$(cd "$way/../../sdk" && pwd)
export SHEEPDOG_SDK PYTHONPATH="$SHEEPDOG_SDK/python" PYTHONDONTWRITEBYTECODE=1 LC_ALL=C
export GUILE_LOAD_PATH="$SHEEPDOG_SDK/guile" GUILE_AUTO_COMPILE=0
cd "$work" || exit 1
chmod 755 "$work"

cat >sh-plugin <<'END'
#!/bin/sh
. "$SHEEPDOG_SDK/sh/sheepdog.sh"
describe='(plugin (name "sh-plugin") (relation r (column a text key) (column b text)) (receives))'
monitor() {
    warning 'a "quoted" \ text
of größe 😀' part
    reading count -1.5e3 B
    fact r 'x\"y' ''
    printf 'tab\tb "c"\n\\n\td\n' | facts r
}
receive() { note "$(field host "$1") $(field text "$1") $(field n "$1")"; }
plugin "$@"
END
cat >py-plugin <<'END'
#!/usr/bin/env python3
import datetime
from sheepdog import Plugin
plugin = Plugin("py-plugin", "")
plugin.setting("warn", "number", 5)
plugin.setting("flag", "flag", True)
plugin.relation("r", "", a="text key", b="time")
@plugin.monitor
def look(say, settings):
    say.warning('a "quoted" \\ text\nof größe 😀', "part")
    say.reading("count", -1.5e3, "B")
    say.fact("r", ["x\\\"y", datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)])
    say.note(f"{settings['warn']} {settings['flag']} \udcff")
    say.facts("r", ([f"row{n}", None] for n in range(20000)))
@plugin.receive
def take(say, message):
    say.note(f"{message['host']} {message['text']} {message.get('n', '')}")
plugin.run()
END
cat >guile-plugin <<'END'
#!/usr/bin/env -S guile --no-auto-compile
!#
(use-modules (sheepdog plugin))
(define (look setting)
  (warning "a \"quoted\" \\ text\nof größe 😀" #:part "part")
  (reading "count" -1500.0 "B")
  (fact "r" "x\\\"y" 'null))
(define (take message)
  (note (format #f "~a ~a ~a" (field message "host") (field message "text")
                (field message "n"))))
(plugin '((name "guile-plugin") (relation r (column a text key) (column b text)))
        #:monitor look #:receive take)
END
chmod 755 ./*-plugin

for language in sh py guile; do
    plugin=$language-plugin
    check "$language: all that it says can be read" sheepdog plugin test "./$plugin"
    sheepdog plugin test "./$plugin" >said 2>&1
    check "$language: a text arrives as it was said" \
        grep -qF 'warning [part] a "quoted" \ text' said
    check "$language: to its end" grep -q 'of größe 😀' said
    check "$language: a number too" grep -qF 'reading count -1500 B' said
    check "$language: a row too" grep -qF 'x\"y' said
done
sheepdog plugin test ./py-plugin >said 2>&1
check "python: a date is one" grep -qF '2026-11-22T00:00:00+00:00' said
check "python: many rows are no matter" grep -qF 'and 19995 more' said
check "python: bytes that are no text do not stop it" grep -qF 'note 5 True ?' said
check "python: what is switched off is None" \
    sh -c "sheepdog plugin test ./py-plugin warn=off | grep -qF 'note None True ?'"
check "python: it needs 3.8 alone" /usr/bin/python3 -c 'import ast, sys
ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))' "$PYTHONPATH/sheepdog.py"
sheepdog plugin test ./sh-plugin >said 2>&1
check "sh: rows from tabs" grep -qF '  tab  b "c"' said
check "sh: and their backslashes" grep -qF '  \n  d' said

# Whichever awk a machine has.
for awk in mawk gawk busybox original-awk; do
    command -v "$awk" >/dev/null || continue
    mkdir -p "awk-$awk"
    ln -sf "$(command -v "$awk")" "awk-$awk/awk"
    expect "sh: with $awk as its awk" '(note "a\\b\"c")' "$(PATH=$work/awk-$awk:$PATH sh -c \
        '. "$SHEEPDOG_SDK/sh/sheepdog.sh"; note "a\\b\"c"')"
done

# Each line is answered while the receiver's input stays open.
for language in sh py guile; do
    mkfifo "in-$language"
    "./$language-plugin" receive <"in-$language" >"out-$language" &
    receiver=$!
    pids="$pids $receiver"
    exec 3>"in-$language"
    printf '%s\n' '{"host":"h","text":"gr\u00f6\u00dfe \"1\"","n":7}' >&3
    check "$language: a message is answered at once" \
        wait_until 20 grep -qF '"1\' "out-$language"
    printf '{"host":"h","te' >&3
    printf '%s\n' 'xt":"second","n":null}' >&3
    check "$language: and the next" wait_until 20 grep -q 'h second' "out-$language"
    exec 3>&-
    wait "$receiver"
    expect "$language: at the end of its input it ends" 0 $?
done

# Nobody listens: it ends, and complains in no more than a line.
for language in sh py guile; do
    "./$language-plugin" monitor </dev/null 2>complaint | true
    check "$language: a pipe that breaks is no drama" [ "$(wc -l <complaint)" -le 1 ]
done
finish
