#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of a running server: an alert appears and goes, once each; over a restart and a
# kill; with rules that are changed, broken and mended while it runs.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store" "$work/rules"
cat >"$work/rules/ours.dl" <<'END'
alert(host, "bananas", "ripe", "a rule of ours") :- state(host, "tree", "warning", _).
route(host, tag, "log") :- alert(host, tag, "ripe", _).
END
printf '(store "%s/store/sheepdog.db") (rules "%s/rules") (log "%s/told") (settle "1s")' \
    "$work" "$work" "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
first_port=$port

# note HOST TAG ERR
note() {
    curl -sS -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/messages" -d \
        "{\"kind\":\"note\",\"host\":\"$1\",\"tag\":\"$2\",\"err\":\"$3\",\"text\":\"x\"}" \
        >/dev/null
}

# ask QUESTION: its rows, without blanks
ask() {
    curl -sS "http://127.0.0.1:$port/v1/ask" -d "{\"question\":\"$1\"}" |
        /usr/bin/python3 -c 'import json, sys
print(*(" ".join(map(str, row)) for row in json.load(sys.stdin)["rows"]), sep="\n")'
}

# is_open ROWS: those are the incidents that go on, host and tag of each
is_open() {
    [ "$(ask 'open_incident(_, host, tag, _, _)')" = "$1" ]
}

# is_told ROWS: those were told of bananas: host, tag, notifier
is_told() {
    [ "$(ask 'informed(_, host, tag, by, _), tag = \"bananas\"')" = "$1" ]
}

# incidents: how many there ever were
incidents() {
    ask 'n = count : { incident(_, _, _, _, _, _, _) }'
}

# restart: on the same store
restart() {
    start_server "$work/server.conf" "$work/log" --port "$first_port"
}

note ewe backup FAIL
note ram tree WARNING
check "what rules say is wrong becomes an incident" wait_until 10 is_open "ewe backup
ram bananas
ram tree"
check "who was told of it is known" wait_until 10 is_told "ram bananas log"
note ewe backup SUCCESS
check "and is over when they no longer do" wait_until 10 is_open "ram bananas
ram tree"
count=$(incidents)

kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null
restart
note ewe tree WARNING
check "a server that was killed goes on" wait_until 10 is_open "ewe bananas
ewe tree
ram bananas
ram tree"
expect "what was open stays the same incident" $((count + 2)) "$(incidents)"

# Rules that are read while it runs: their files are looked at every few seconds.
echo 'alert(h, t, "fail"' >"$work/rules/ours.dl"
check "a file that is broken is an alert" wait_until 20 is_open " rules
ewe bananas
ewe tree
ram bananas
ram tree"
check "the log says it, once" wait_until 5 grep -q "the rules stay as they were: .*ours.dl" \
    "$work/log"
note ram tree SUCCESS
check "the rules from before go on" wait_until 10 is_open " rules
ewe bananas
ewe tree"
echo 'alert(host, "pears", "ripe", "another") :- state(host, "tree", "warning", _).' \
    >"$work/rules/ours.dl"
kill -HUP "$server_pid"
check "one that is mended serves, at once after a HUP" wait_until 10 is_open "ewe pears
ewe tree"
expect "what was said of them was said once" 1 "$(grep -c 'the rules stay' "$work/log")"

note cow tree WARNING
check "another is open" wait_until 10 is_open "cow pears
cow tree
ewe pears
ewe tree"
curl -sS -X DELETE "http://127.0.0.1:$port/v1/hosts/cow" >/dev/null
check "with a host what is wrong of it goes" wait_until 10 is_open "ewe pears
ewe tree"

kill "$server_pid"
wait "$server_pid" 2>/dev/null
cp "$work/rules/ours.dl" "$work/good.dl"
echo 'alert(h, t, "fail"' >"$work/rules/ours.dl"
restart
check "a file that is broken at the start is an alert, and what it said is not over" \
    wait_until 10 is_open " rules
ewe pears
ewe tree"
cp "$work/good.dl" "$work/rules/ours.dl"
kill -HUP "$server_pid"
check "mended, it goes on" wait_until 10 is_open "ewe pears
ewe tree"

kill "$server_pid"
wait "$server_pid" 2>/dev/null
count=$(sqlite3 "$work/store/sheepdog.db" 'SELECT count(*) FROM incident')
restart
note ewe tree SUCCESS
check "after a restart what is over is over" wait_until 10 is_open ""
expect "and nothing was opened twice" "$count" "$(incidents)"
