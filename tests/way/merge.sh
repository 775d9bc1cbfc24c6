#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sheepdog export and import: two servers are brought together, any number of times; and
# sheepdog dead: what the server could not read is seen, handled anew and dropped.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ

# server NAME: a queue daemon of its own, and NAME.conf, by which it is asked
server() {
    mkdir -p "$1.store"
    printf '(store "%s/%s.store/sheepdog.db")' "$work" "$1" >"$1.server.conf"
    start_server "$work/$1.server.conf" "$work/$1.log"
    printf '(host "127.0.0.1") (port %s)' "$port" >"$1.conf"
}
# bark CONF JSON: straight through the door
bark() {
    printf '%s' "$2" | sheepdog-deliver -c "$1" --stdin
}
# sorted FILE: its lines, in an order of their own
sorted() {
    sort "$1" | sha256sum
}
server north
server south

bark north.conf '{"id":"0192e4c8-0000-7000-8000-aaaa00000001","host":"n1","tag":"backup","time":"2026-11-01T10:00:00Z","status":0,"elapsed":0.008,"strange":{"kept":[1,"\u0000"]}}'
bark north.conf '{"id":"0192e4c8-0000-7000-8000-aaaa00000002","host":"n1","tag":"backup","time":"2026-11-02T10:00:00Z","status":2,"stderr":"\ufffdoops","bytes":{"stderr":"/29vcHM="}}'
bark south.conf '{"id":"0192e4c8-0000-7000-8000-bbbb00000003","host":"s1","tag":"disk:/","time":"2026-11-03T10:00:00Z","err":"WARNING","text":"92 % full"}'
/usr/bin/python3 -c '
import json
for i in range(2500):
    print(json.dumps({"id": "0192e4c8-0000-7000-8000-cccc%08d" % i, "host": "s2", "tag": "t%d" % (i % 7),
                      "time": "2026-10-01T10:%02d:%02dZ" % (i // 60 % 60, i % 60), "status": i % 3, "elapsed": i / 8}))' >many

# ---- export and import
sheepdog import -c south.conf many >out 2>err
expect "a file is imported" "0 2500 taken, 0 refused" "$? $(cat out err)"
sheepdog export -c north.conf >north.1 2>err
expect "export writes a line a message" "0 2" "$? $(wc -l <north.1)"
check "each is whole JSON" /usr/bin/python3 -c '
import json
first, second = [json.loads(line) for line in open("north.1")]
assert first["strange"] == {"kept": [1, "\0"]} and first["elapsed"] == 0.008, first
assert second["bytes"]["stderr"] == "/29vcHM=" and second["status"] == 2, second'
sheepdog export -c south.conf >south.1
expect "many come page by page" "0 2501" "$? $(wc -l <south.1)"
expect "each once" 2501 "$(grep -o '"id":"[^"]*"' south.1 | sort -u | wc -l)"
sheepdog import -c north.conf south.1 >out
sheepdog export -c north.conf | sheepdog import -c south.conf >out
expect "and into the other by a pipe" "0 2503 taken, 0 refused" "$? $(cat out)"
sheepdog export -c north.conf >north.2
sheepdog export -c south.conf >south.2
expect "then both hold the same" "2503 $(sorted north.2)" "$(wc -l <south.2) $(sorted south.2)"
sheepdog import -c north.conf south.1 south.2 north.1 >out
sheepdog export -c north.conf >north.3
expect "however often it is done" "$(sorted north.2)" "$(sorted north.3)"
# states FILE.conf: how each host and tag is, but when that came
states() {
    sheepdog status -c "$1" --json | /usr/bin/python3 -c '
import json, sys
for row in sorted(json.load(sys.stdin), key=lambda row: (row["host"], row["tag"])):
    print(row["host"], row["tag"], row["state"], row["since"], row["id"])'
}
expect "and the states are the same" "$(states north.conf)" "$(states south.conf)"
expect "since a time" 1 "$(sheepdog export -c north.conf --since 2026-11-03 | wc -l)"

# ---- facts
# thing COUNTER AFTER TIME EXTENT ROWS: facts of f1, given to the north
thing() {
    bark north.conf '{"kind":"facts","host":"f1","tag":"facts","time":"2026-11-'"$3"'Z","relation":"thing","columns":[["name","text","key"],["n","number"]],"epoch":7,"counter":'"$1"',"after":'"$2"',"is":"'"$4"'",'"$5"'}'
}
# things CONF [OPTION…]: name, number, and from when until when
things() {
    sheepdog facts -c "$1" thing --json ${2+"$2" "$3"} | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin):
    print(row["name"], row["n"], row["since"], row["until"])'
}
thing 1 0 10T10:00:00 whole '"add":[["a",1],["b",1]]'
thing 3 2 12T10:00:00.500 change '"add":[],"remove":[["b",1]]'
thing 2 1 11T10:00:00.250 change '"add":[["a",2]],"remove":[["a",1]]'
all=$(sheepdog facts -c north.conf thing --all --json)
server east
sheepdog export -c north.conf --since 2026-11-05 | sheepdog import -c east.conf >out
expect "the history of facts comes along" "$all" "$(sheepdog facts -c east.conf thing --all --json)"
expect "with what is true" "a 2 2026-11-11T10:00:00.250Z None" "$(things east.conf)"
expect "and what was, to the second" "a 1 2026-11-10T10:00:00.000Z 2026-11-11T10:00:00.250Z
b 1 2026-11-10T10:00:00.000Z 2026-11-12T10:00:00.500Z" "$(things east.conf --at '2026-11-11 10:00:00')"
expect "and a second later" "a 2 2026-11-11T10:00:00.250Z None
b 1 2026-11-10T10:00:00.000Z 2026-11-12T10:00:00.500Z" "$(things east.conf --at '2026-11-11 10:00:01')"

# ---- what is wrong
{
    sed -n 1p many
    echo '{"id":"0192e4c8-0000-7000-8000-dddd00000001","host":"w","tag":"t","status":"many"}'
    echo
    echo 'no json'
    echo '{"host":"w","tag":"t","status":0}'
    echo '{"id":"0192e4c8-0000-7000-8000-dddd00000002","host":"w","tag":"t","time":"2026-11-01T10:00:00Z","status":0}'
} >mixed
sheepdog import -c north.conf mixed >out 2>err
expect "a wrong line fails, and the others are taken" "1 2 taken, 3 refused" "$? $(cat out)"
expect "each is named by file and line" "mixed:2: mixed:4: mixed:5:" \
    "$(grep -o 'mixed:[0-9]*:' err | xargs)"
check "with what is wrong" grep -q 'mixed:5: it has no id' err
sheepdog import -c north.conf --strict - <mixed >out 2>err
expect "--strict ends it at the first" "1 1 taken, 1 refused 1" "$? $(cat out) $(grep -c 'stdin:2: ' err)"
sheepdog import -c north.conf none >out 2>err
expect "a file that is not there is told" "1 1" "$? $(grep -c 'none: No such file' err)"
sheepdog export -c north.conf 2>err >/dev/full
expect "a full disk is told" "1 sheepdog: stdout: No space left on device" "$? $(cat err)"
{
    sheepdog export -c south.conf 2>err
    echo $? >status
} | head -n 1 >/dev/null
expect "so is a reader that goes" "1 sheepdog: stdout: Broken pipe" "$(cat status) $(cat err)"
sheepdog export -c north.conf --since yesterday 2>err
expect "and a wrong time" "2 1" "$? $(grep -c -- '--since: ' err)"

# ---- dead letters
expect "no dead letters, nothing to print" "0 " "$? $(sheepdog dead list -c south.conf)"
for number in 1 2 3; do
    bark south.conf "{\"v\":1,\"id\":\"0192e4c8-0000-7000-8000-eeee0000000$number\",\"host\":\"d\",\"tag\":\"t\",\"kind\":\"dream\",\"text\":\"\\u001b[31m$number\"}"
done
sheepdog dead list -c south.conf >out
expect "dead list has a line each, and one of titles" "0 4" "$? $(wc -l <out)"
check "with the reason" grep -q dream out
expect "the newest is the last" 3 "$(tail -n 1 out | awk '{print $1}')"
expect "as JSON it is an array" 3 "$(sheepdog dead list -c south.conf --json | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)))')"
expect "a limit" 2 "$(sheepdog dead list -c south.conf --limit 1 2>err | wc -l)"
check "says that there are more" grep -q 'newest 1' err
sheepdog dead show 2 -c south.conf >out
expect "show tells one" "0 dead letter 2" "$? $(head -n 1 out)"
check "with its bytes" grep -qF '"kind":"dream"' out
check "its reason" grep -q '^  reason .*dream' out
check "raw they are as they came" sh -c 'sheepdog dead show --raw 2 -c south.conf | /usr/bin/python3 -c "import json, sys; assert json.load(sys.stdin)[\"kind\"] == \"dream\""'
sheepdog dead retry 2 -c south.conf >out 2>err
expect "what still cannot be read stays, which is said once" "1 1 1" \
    "$? $(grep -c 'field "kind"' err) $(wc -l <err)"
/usr/bin/python3 - "$work/south.store/sheepdog.db" <<'PYTHON'
import sqlite3, sys
letter = b'{"id":"0192e4c8-0000-7000-8000-ffff00000001","host":"d","tag":"risen","time":"2026-11-05T10:00:00Z","status":1}'
with sqlite3.connect(sys.argv[1], timeout=20) as store:
    for number in (10, 11):
        store.execute("INSERT INTO dead VALUES (?, 0, 'door', ?, 'not then', ?, ?)",
                      (number, "n%d" % number, letter, b"h%d" % number))
PYTHON
sheepdog dead retry 10 -c south.conf >out
expect "what can be read now is handled" "0 10: handled, and no dead letter any more" "$? $(cat out)"
expect "and is in the store" 1 "$(sheepdog list -c south.conf --tag risen --json | grep -c ffff00000001)"
sheepdog dead retry --all -c south.conf >out 2>err
expect "--all tries every one, and says which stay" "1 11: the store has it already; no dead letter any more 4"     "$? $(cat out) $(wc -l <err)"
sheepdog dead drop 2 -c south.conf >out
expect "drop takes one away" "0 2: dropped" "$? $(cat out)"
sheepdog dead show 2 -c south.conf 2>err
expect "then there is none" "1 1" "$? $(grep -c 'no dead letter' err)"
sheepdog dead drop 2 3 -c south.conf >out 2>err
expect "one that is not there does not stop the others" "1 3: dropped" "$? $(cat out)"
expect "and is told from them" "sheepdog: dead: 2: no dead letter has the number 2
sheepdog: dead: 1 of 2 failed" "$(cat err)"
sheepdog dead drop --all -c south.conf >out
expect "--all drops every one" "0 1: dropped" "$? $(cat out)"
for call in "" "lst" "show" "show 1 2" "show x" "retry" "list 1" "list --all" "drop --all 1" "list --limit 0"; do
    # shellcheck disable=SC2086 # words
    sheepdog dead $call -c south.conf >out 2>err
    expect "a wrong call: dead $call" "2 1" "$? $(wc -l <err)"
done
check "a mistyped one is told" sh -c 'sheepdog dead lst 2>&1 | grep -q "did you mean list"'
finish
