#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules that come along, etc/rules: each is explained, and gives exactly the rows that
# its test wants. A test, tests/rules/NAME.dl, says what is stored, and which rows of NAME
# are `wanted`; it is noon of November 22, 2026. And a server has no trouble with them. What
# is told is tested by alerts-rules.sh.
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

# asked: the files of rules that are there to be asked
asked() {
    find "$rules" -name '*.dl' ! -name questions.dl ! -name alerts.dl ! -name telling.dl
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
        asked | xargs cat "$tests/store.dl" "$tests/$1.dl"
        echo "surplus($columns) :- $1($columns), !wanted($columns)."
        echo "missing($columns) :- wanted($columns), !$1($columns)."
        echo ".output surplus"
        echo ".output missing"
    } >"$work/$1.dl"
    mkdir "$work/$1"
    timeout 60 sheepdog ask -f "$work/$1.dl" -o "$work/$1" --now 2026-11-22T12:00:00Z &&
        (cd "$work/$1" && grep '' surplus.csv missing.csv)
}

names=$(asked | xargs sed -n 's/^\.decl \([a-z_]*\)(.*/\1/p')
expect "each rule and question is explained" \
    "$(sed -nE 's/^\.(decl|question) ([a-z_]*)\(.*/\2/p' "$rules"/*.dl | sort)" \
    "$(explained | sort)"
expect "each rule has a test" "$(echo "$names" | sort)" \
    "$(basename -s .dl "$tests"/*.dl | grep -v '^store$' | sort)"
for rule in $names; do
    check "$rule has a row that is wanted" grep -q "^wanted(" "$tests/$rule.dl"
    expect "$rule gives the rows that are wanted" "" "$(differences "$rule" 2>&1)"
done
# ---- in a server, on what it stores ----
mkdir "$work/store" "$work/none"
printf '(store "%s/store/sheepdog.db") (rules "%s/none")' "$work" "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
printf '(port %s)' "$port" >"$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"

# post FIELDS: a message
post() {
    curl -sS -f -d "{$1}" "http://127.0.0.1:$port/v1/messages" >/dev/null
}

# facts HOST TIME RELATION COLUMNS COUNTER IS ROWS [REMOVED]: a message of them
facts() {
    post "\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"$1\",\"time\":\"$2\",\"relation\":\"$3\",
        \"columns\":$4,\"epoch\":1,\"counter\":$5,\"after\":$(($5 - 1)),\"is\":\"$6\",\"add\":$7${8:+,\"remove\":$8}"
}

# ask WORD…: the rows, without their titles
ask() {
    sheepdog ask --csv --now 2026-11-22T12:00:00Z "$@" 2>&1 | tail -n +2 | tr -d '\r'
}

has_package() {
    [ -n "$(ask @who_has curl)" ]
}

package='[["name","text"],["version","version"]]'
facts penguin 2026-11-01T10:00:00Z ram '[["bytes","size"]]' 1 whole '[[2147483648]]'
facts penguin 2026-11-01T10:00:00Z package "$package" 2 whole '[["nginx","1.22.0-1"]]'
facts penguin 2026-11-10T10:00:00Z package "$package" 3 change '[["nginx","1.22.1-9"]]' \
    '[["nginx","1.22.0-1"]]'
facts penguin 2026-11-01T10:00:00Z os "$package" 4 whole '[["guix",null]]'
facts penguin 2026-11-01T10:00:00Z user \
    '[["name","text","key"],["uid","number"],["shell","text"]]' 5 whole '[["toor",0,"/bin/sh"]]'
facts penguin 2026-11-01T10:00:00Z listens \
    '[["protocol","text"],["port","number"],["program","text"]]' 6 whole '[["tcp",80,"nginx"]]'
post '"host":"penguin","tag":"web","kind":"note","err":"FAIL","time":"2026-11-20T10:00:00Z"'
post '"host":"penguin","tag":"web","kind":"note","err":"SUCCESS","time":"2026-11-20T11:00:00Z"'
post '"host":"penguin","tag":"mail","kind":"note","err":"FAIL","time":"2026-11-21T11:00:00Z"'
facts puppet 2026-11-01T10:00:00Z package "$package" 1 whole '[["curl","7.88"]]'
check "all is stored" wait_until 20 has_package

expect "a server has no trouble with them" "[]" \
    "$(curl -sS "http://127.0.0.1:$port/v1/rules" | /usr/bin/python3 -c '
import json, sys
print(json.load(sys.stdin)["trouble"])')"
expect "@low_nginx" "penguin,web,1795168800000,1795172400000
penguin,mail,1795258800000,1795348800000" "$(ask @low_nginx 1.22.1-9 | sort -t , -k 3)"
expect "@who_has" "penguin,1.22.1-9" "$(ask @who_has nginx)"
expect "@who_listens" "penguin,tcp,nginx" "$(ask @who_listens 80)"
expect "@where_is" "penguin" "$(ask @where_is toor)"
expect "@trouble" "mail,fail,1795258800000" "$(ask @trouble penguin)"
expect "@new_packages" "nginx,1.22.1-9" "$(ask @new_packages penguin 2026-11-05)"
expect "@old_packages" "nginx,1.22.0-1" "$(ask @old_packages penguin 2026-11-05)"
expect "where a system has no version, its name alone tells what it is" "guix" \
    "$(ask 'distribution("penguin", distribution)')"
expect "and it does not say one" "" "$(ask 'has_os_version(host)')"
finish
