#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules that come along, etc/rules: each is explained, and gives exactly the rows that
# its test wants. A test, tests/rules/NAME.dl, says what is stored, and which rows of NAME
# are `wanted`; it is noon of November 22, 2026. And a server has no trouble with them.
. "$(dirname "$0")/lib.sh"
rules=$(cd "$way/../../etc/rules" && pwd)
tests=$(cd "$way/../rules" && pwd)
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ

# explained: the names of what a comment stands right above, .decl or .question
explained() {
    awk '/^\.(decl|question) / && before ~ /^\/\/ [A-Z]/ { sub(/\(.*/, ""); print $2 }
         /^\/\// && before !~ /^\/\// { first = $0 }
         { before = /^\/\// ? first : $0 }' "$rules"/*.dl
}

# columns NAME: c1, c2, …, as many as it has
columns() {
    count=$(sed -n "s/^\.decl $1(\(.*\))\$/\1/p" "$rules"/*.dl | tr ',' '\n' | wc -l)
    seq -s ', ' -f 'c%g' "$count"
}

# differences NAME: the rows that are derived and not wanted, or wanted and not derived
differences() {
    columns=$(columns "$1")
    {
        find "$rules" -name '*.dl' ! -name questions.dl -exec cat "$tests/store.dl" \
            "$tests/$1.dl" {} +
        echo "surplus($columns) :- $1($columns), !wanted($columns)."
        echo "missing($columns) :- wanted($columns), !$1($columns)."
        echo ".output surplus"
        echo ".output missing"
    } >"$work/$1.dl"
    mkdir "$work/$1"
    timeout 60 sheepdog ask -f "$work/$1.dl" -o "$work/$1" --now 2026-11-22T12:00:00Z &&
        (cd "$work/$1" && grep '' surplus.csv missing.csv)
}

names=$(sed -n 's/^\.decl \([a-z_]*\)(.*/\1/p' "$rules"/*.dl)
expect "each rule and question is explained" \
    "$(sed -nE 's/^\.(decl|question) ([a-z_]*)\(.*/\2/p' "$rules"/*.dl | sort)" \
    "$(explained | sort)"
expect "each rule has a test" "$(echo "$names" | sort)" \
    "$(basename -s .dl "$tests"/*.dl | grep -v '^store$' | sort)"
for rule in $names; do
    check "$rule has a row that is wanted" grep -q "^wanted(" "$tests/$rule.dl"
    expect "$rule gives the rows that are wanted" "" "$(differences "$rule" 2>&1)"
done
finish
