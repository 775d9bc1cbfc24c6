#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of what is told, etc/rules/alerts.dl and telling.dl: each has a test of its own,
# tests/rules/alerts/NAME.test, in which time is moved by hand; and sheepdog test says what
# is wrong with rules, and with its files.
. "$(dirname "$0")/lib.sh"
rules=$(cd "$way/../../etc/rules" && pwd)
tests=$(cd "$way/../rules/alerts" && pwd)
LC_ALL=C.UTF-8
export LC_ALL TMPDIR="$work"

names=$(sed -n 's/^\.decl \([a-z_]*\)(.*/\1/p' "$rules/alerts.dl" "$rules/telling.dl")
expect "each rule has a test" "$(echo "$names" | sort)" \
    "$(basename -s .test "$tests"/*.test | sort)"
for test in "$tests"/*.test; do
    name=$(basename -s .test "$test")
    check "$name" timeout 60 sheepdog test "$test"
done
finish
