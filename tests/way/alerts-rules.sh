#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of what is told, etc/rules/alerts.dl and telling.dl: each has a test, which names
# it in its line "; of NAME ...", tests/rules/alerts/*.test, in which time is moved by hand.
# And sheepdog test says what is wrong with rules, and with its files.
. "$(dirname "$0")/lib.sh"
root=$(cd "$way/../.." && pwd)
tests=$root/tests/rules/alerts
LC_ALL=C.UTF-8
export LC_ALL TMPDIR="$work"

# ---- each rule ----

rules=$(sed -n 's/^\.decl \([a-z_]*\)(.*/\1/p' "$root/etc/rules/alerts.dl" \
    "$root/etc/rules/telling.dl" | sort)
expect "each rule has a test, and each test a rule" "$rules" \
    "$(sed -n 's/^; of //p' "$tests"/*.test | tr ' ' '\n' | sort -u)"
for test in "$tests"/*.test; do
    check "$(basename -s .test "$test")" timeout 60 sheepdog test "$test"
done

# ---- the manual ----

sed -n '/^\.\\" test$/,/^\.Ed/p' "$root/doc/sheepdog-test.1" | sed '/^\./d; s/\\e/\\/g' \
    >"$work/manual.test"
expect "the example of sheepdog-test(1) passes" "8 passed, 0 failed" \
    "$(timeout 60 sheepdog test "$work/manual.test" 2>&1)"

# ---- what fails, and what is wrong ----

# try NAME TEXT: its output and its exit status, without the folder's name
try() {
    printf '%s' "$2" >"$work/$1.test"
    {
        timeout 60 sheepdog test "$work/$1.test" 2>&1
        echo "exit status $?"
    } | sed "s|$work/||"
}

found=$(try fault '(bark (host "a") (tag "b") (err "FAIL") (text "no space"))
(alerts)
  (alerts ("a" "b" "fail" "no*") ("c" "d" "fail"))
(told ("mailto" "new" "a" "b"))')
check "a fault has its place" sh -c 'echo "$1" | grep -q "^fault.test:2:1: alerts:$"' - "$found"
check "what is found and not wanted is said" \
    sh -c 'echo "$1" | grep -q "^  found, not wanted: (\"a\" \"b\" \"fail\" \"no space\")$"' - \
    "$found"
check "with its derivation" sh -c 'echo "$1" | grep -q "alerts.dl:[0-9]*: alert(host, tag"' - \
    "$found"
check "what is wanted and not found, too" \
    sh -c 'echo "$1" | grep -q "^  wanted, not found: (\"c\" \"d\" \"fail\")$"' - "$found"
expect "and how many passed" "1 passed, 2 failed
exit status 1" "$(echo "$found" | tail -n 2)"
expect "as JSON" "1 2 fault.test 2 1 alerts" \
    "$(sheepdog test --json "$work/fault.test" | /usr/bin/python3 -c '
import json, os, sys
result = json.load(sys.stdin)
fault = result["faults"][0]
print(result["passed"], result["failed"], os.path.basename(fault["file"]), fault["line"],
      fault["column"], fault["form"])')"

# refuses NAME TEXT SENTENCE: the file is wrong
refuses() {
    expect "$1" "sheepdog: $3
0 passed, 0 failed
exit status 2" "$(try wrong "$2")"
}

refuses "a form that is unknown" '(wiat "1d")' \
    'wrong.test:1:1: there is no (wiat ...); did you mean wait?'
refuses "no form" 'wait' 'wrong.test:1:1: expected a list such as (wait "1d")'
refuses "what is not closed" '(wait "1d"' \
    "wrong.test:1:1: this list has no end; expected ')'"
refuses "a duration that is none" '(wait
  "soon")' 'wrong.test:2:3: "soon" is no duration; expected one such as "90s", "1h30m" or "7d"'
refuses "time that goes back" '(at "2026-11-01")(beat "a")(at "2026-10-01")' \
    'wrong.test:1:32: 2026-10-01 is over already: time goes on only'
refuses "rules behind what happens" '(beat "a")(rule "p(1).")' \
    'wrong.test:1:11: rule stands before what happens'
refuses "a message that is none" '(bark (host "a"))' \
    'wrong.test:1:1: field "tag" is missing'
refuses "an acknowledgement of nothing" '(ack "a" "b")' \
    'wrong.test:1:1: nothing is open of a b'
refuses "a field that is mistyped" '(silence (hots "a"))' \
    'wrong.test:1:10: silence has no field hots; did you mean host?'
refuses "one that has no text" '(silence (until-recovery (x)))' \
    'wrong.test:1:10: expected a field of silence, such as (host "...")'
refuses "to repeat without an end" \
    '(repeat 9999 (repeat 9999 (repeat 1)))' \
    'wrong.test:1:1: more than 1000000 forms are repeated'
refuses "a relation that nobody knows" '(fact "a" "licence" "x")' \
    'wrong.test:1:1: no relation is called licence: name its columns, such as (bytes 4096)'
refuses "a daemon that does not beat" '(no-beats "a")' 'wrong.test:1:11: a does not beat'
check "rules that are wrong" sh -c 'echo "$1" | grep -q "test.dl:2:1: found the end"' - \
    "$(try rules '(rule "alert(")(alerts)')"
check "rules of a folder that is not there" \
    sh -c 'echo "$1" | grep -q "nowhere: No such file"' - "$(try rules '(rules "nowhere")(alerts)')"
check "a call without a file is refused" sh -c 'sheepdog test 2>&1 | grep -q "a file is missing"'
check "nothing is left behind" sh -c '! ls "$1" | grep -q sheepdog-test' - "$work"
finish
