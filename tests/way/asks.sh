#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Questions to the real server: what it answers of messages and facts that it was sent, who
# may ask, what stops a question, and that nobody waits for one.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
mkdir -p "$work/store" "$work/rules"
cat >"$work/rules/ours.dl" <<'END'
// Has an interruption in the last month, and little memory.
weak(host, tag) :- interruption(host, tag, from, _), from > ago(30d), ram(host, r), r < 4G.
.question weak_with(package: text, version: version) :=
    weak(host, tag), package(host, package, version).
END
printf 'broken(x) :- host(' >"$work/rules/broken.dl"
printf 'open(1).' >"$work/rules/open.dl"
chmod 666 "$work/rules/open.dl"
printf '(store "%s/store/sheepdog.db") (rules "%s/rules") (ask (time "20s") (memory "8M"))' \
    "$work" "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
door=http://127.0.0.1:$port/v1

# post JSON: a message
post() {
    curl -sS -H 'Content-Type: application/json' -d "$1" "$door/messages" >/dev/null
}

# ask FIELDS: the JSON of the answer
ask() {
    curl -sS -d "{$1}" "$door/ask"
}

# status FIELDS: the answer's HTTP status
status() {
    curl -sS -o "$work/answer" -w '%{http_code}' -d "{$1}" "$door/ask"
}

# field EXPRESSION: of the JSON on stdin, as `answer`
field() {
    /usr/bin/python3 -c "import json, sys
answer = json.load(sys.stdin)
print($1)"
}

# utc [SECONDS]: the time now, or so many seconds from now
utc() {
    date -u -d "${1:-0} seconds" +%Y-%m-%dT%H:%M:%SZ
}

# outcome HOST TAG ERR SECONDS: an outcome of so many seconds ago
outcome() {
    post "{\"kind\":\"outcome\",\"host\":\"$1\",\"tag\":\"$2\",\"err\":\"$3\",\"status\":0,\"elapsed\":1.5,\"time\":\"$(utc "-$4")\"}"
}

# facts HOST RELATION COLUMNS ROWS: all that is true of it
facts() {
    post "{\"kind\":\"facts\",\"tag\":\"facts\",\"host\":\"$1\",\"relation\":\"$2\",\"columns\":$3,\"epoch\":1,\"counter\":1,\"after\":0,\"is\":\"whole\",\"add\":$4}"
}

for host in alpha beta gamma; do
    outcome $host backup SUCCESS 7200
    outcome $host backup FAIL 3600
    outcome $host backup SUCCESS 3000
done
outcome delta old FAIL 8640000
outcome delta old SUCCESS 8630000
for row in 'alpha 2147483648 1.22.1' 'beta 2147483648 1.18.0' 'gamma 8589934592 1.22.1' \
    'delta 2147483648 1.22.1'; do
    # shellcheck disable=SC2086
    set -- $row
    facts "$1" ram '[["bytes","size"]]' "[[$2]]"
    facts "$1" package '[["name","text"],["version","version"]]' "[[\"nginx\",\"$3\"],[\"curl\",\"7.88\"]]"
done

# ---- answers ----
mission='interruption(host, tag, from, to), from > ago(30d), ram(host, r), r < 4G, package(host, \"nginx\", \"1.22.1\")'
expect "the services with interruptions on weak hosts that run a version of nginx" \
    "[['alpha', 'backup']]" "$(ask "\"question\":\"$mission\"" | field '[row[:2] for row in answer["rows"]]')"
expect "columns know what they hold" \
    "[['host', 'text'], ['tag', 'text'], ['from', 'time'], ['to', 'time'], ['r', 'size']]" \
    "$(ask "\"question\":\"$mission\"" | field 'answer["columns"]')"
expect "a rule of the user's own" "['alpha', 'beta']" \
    "$(ask '"question":"weak(host, _)"' | field '[row[0] for row in answer["rows"]]')"
expect "a saved question" "['alpha']" \
    "$(ask '"saved":"weak_with","args":["nginx","1.22.1"]' | field '[row[0] for row in answer["rows"]]')"
expect "what is counted" "3 []" \
    "$(ask '"question":"interruption(h, _, f, t), f > ago(1d)","count":true' | field 'answer["count"], answer["rows"], sep=" "')"
expect "a part of it" "2 True" \
    "$(ask '"question":"host(h, _, _, _, _)","limit":2' | field 'len(answer["rows"]), answer["more"], sep=" "')"
expect "since a time" "9 6" \
    "$(ask '"question":"run(i, h, t, _, _, _, _), t = \"backup\"","count":true' | field 'answer["count"]') $(ask "\"question\":\"run(i, h, t, _, _, _, _), t = \\\"backup\\\"\",\"count\":true,\"since\":$(($(date +%s) - 5000))000" | field 'answer["count"]')"
expect "why: the rule, and the message of each row" "rule $work/rules/ours.dl:2 36" \
    "$(ask '"question":"weak(\"alpha\", tag)","why":true' | field '(lambda proof: (lambda node: " ".join((node["kind"], node["rule"]["name"], str(len(node["children"][0]["message"])))))(proof if proof["text"].startswith("weak") else proof["children"][0]))(answer["proofs"][0])')"
check "why not: what is stored instead" sh -c "$(command -v curl) -sS -d '{\"question\":\"weak(\\\"gamma\\\", \\\"backup\\\")\",\"why_not\":true}' $door/ask | grep -q 8G"
expect "also of recursion: by rows that are not asked for" 'yes  all(1, 2)' \
    "$(ask '"question":"n(1, 2). n(2, 3). all(x, y) :- n(x, y). all(x, z) :- all(x, y), n(y, z). all(1, 4)","why_not":true' |
        field 'answer["text"]' | grep -o 'yes  all(1, 2)')"
check "the SQL" sh -c "$(command -v curl) -sS -d '{\"question\":\"weak(h, t)\",\"sql\":true}' $door/ask | grep -q SELECT"
check "and its plan" sh -c "$(command -v curl) -sS -d '{\"question\":\"weak(h, t)\",\"plan\":true}' $door/ask | grep -q SEARCH"
expect "what a time means is said by who asks" 3 \
    "$(ask "\"question\":\"interruption(h, t, f, _), f > 2020-01-01\",\"times\":{\"2020-01-01\":$(($(date +%s) - 86400))000},\"count\":true" | field 'answer["count"]')"

# ---- what is wrong ----
expect "a mistyped relation is told with its place" "400 question:1:1: no relation is called \"pakage\"; did you mean package?" \
    "$(status '"question":"pakage(h, n, v)"') $(field 'answer["error"]' <"$work/answer")"
expect "and marked" "pakage(h, n, v)
^~~~~~
" "$(field 'answer["excerpt"]' <"$work/answer")
"
expect "no field is passed over" '400 no field is called "limt"; did you mean limit?' \
    "$(status '"question":"host(h, _, _, _, _)","limt":1') $(field 'answer["error"]' <"$work/answer")"
expect "nor a value that is none" '400 limit: expected a number from 1 to 100000' \
    "$(status '"question":"host(h, _, _, _, _)","limit":0') $(field 'answer["error"]' <"$work/answer")"
expect "a call without a value is told with its row" 400 "$(status '"question":"ram(h, r), x = 1 / (r - r)"')"
head -c 1100000 /dev/zero | tr '\0' ' ' >"$work/long"
expect "a question is no book" 413 \
    "$(curl -sS -o /dev/null -w '%{http_code}' -d "@$work/long" "$door/ask")"

# ---- files of rules ----
check "a file that others can write to is said in the log" grep -q 'open.dl.*others can write' "$work/log"
check "so is one that cannot be read" grep -q 'broken.dl:1:' "$work/log"
expect "and both by the door" "broken.dl open.dl" \
    "$(curl -sS "$door/rules" | field '" ".join(sorted(row["file"].split("/")[-1] for row in answer["trouble"]))')"
printf 'late(1).' >"$work/rules/late.dl"
kill -HUP "$server_pid"
late() {
    [ "$(status '"question":"late(x)"')" = 200 ]
}
check "a hangup reads them again" wait_until 10 late

# ---- the relations agree with what the door lists ----
expect "as many messages" "$(curl -sS "$door/messages?limit=1000" | field 'sorted(row["message"]["id"] for row in answer["messages"])')" \
    "$(ask '"question":"message(id, _, _, _, _, _, _, _)"' | field '[row[0] for row in answer["rows"]]')"
expect "the same states" "$(curl -sS "$door/status" | field 'sorted([row["host"], row["tag"], row["state"]] for row in answer["states"])')" \
    "$(ask '"question":"state(host, tag, state, _)"' | field 'answer["rows"]')"
expect "the same facts" "$(curl -sS "$door/facts/package" | field 'sorted([row["host"]] + row["values"] for row in answer["rows"])')" \
    "$(ask '"question":"package(host, name, version)"' | field 'answer["rows"]')"

# ---- limits ----
endless='.decl n(x: number) n(0). n(x + 1) :- n(x). n(x), x < 0'
expect "what would run for ever is stopped" 422 "$(status "\"question\":\"$endless\",\"timeout\":300")"
check "and says so" grep -q 'stopped: it takes longer than 300 ms' "$work/answer"
large='.decl t(a: text, n: number) t(\"x\", 0). t(cat(a, a), n + 1) :- t(a, n). t(a, n), n < 0'
expect "so is what fills the memory" 422 "$(status "\"question\":\"$large\"")"
check "and says that" grep -q 'stopped: its tables are larger than 8 MiB' "$work/answer"

# ---- a client that goes away ----
curl -sS -m 1 -d '{"question":"'"$endless"'"}' "$door/ask" >/dev/null 2>&1
for i in 1 2 3 4 5 6 7 8 9 10; do
    curl -sS -o "$work/many.$i" -w '%{http_code}\n' -d "{\"question\":\"$mission\"}" "$door/ask" >"$work/code.$i" &
    eval "ask_$i=\$!"
done
for i in 1 2 3 4 5 6 7 8 9 10; do
    eval "wait \$ask_$i"
done
expect "ten at once are answered" 10 "$(cat "$work"/code.* | grep -c 200)"

# ---- what goes on beside a question, and an end ----
# Ticks of the processor that the server has used.
used() {
    awk '{ print $14 + $15 }' "/proc/$server_pid/stat"
}
is_computing() {
    [ "$(used)" -ge $((used_before + 20)) ]
}
used_before=$(used)
curl -sS -o "$work/last" -w '%{http_code}' -d "{\"question\":\"$endless\"}" "$door/ask" >"$work/last.code" 2>/dev/null &
last=$!
check "a question computes" wait_until 60 is_computing
outcome alpha meanwhile SUCCESS 0
check "what is sent meanwhile is stored" sh -c "$(command -v curl) -sS '$door/messages?tag=meanwhile' | grep -q meanwhile"
check "and the question goes on" kill -0 "$last"
kill "$server_pid"
wait "$last"
expect "the server's end does not wait for a question" 503 "$(cat "$work/last.code")"
finish
