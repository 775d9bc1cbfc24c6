#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The spool is brought to the real server: all of it, whatever stands in the way.
. "$(dirname "$0")/lib.sh"
spool=$work/spool
mkdir -p "$work/store"
cat >"$work/server.conf" <<CONF
(store "$work/store/sheepdog.db")
CONF

# configure PATIENCE: the client's file, for the server that runs at $port.
configure() {
    cat >"$work/client.conf" <<CONF
(host "127.0.0.1") (port $port) (patience "$1") (spool (folder "$spool"))
CONF
}

# put NUMBER: one message into the spool, as the wrapper would, under a fixed id.
put() {
    (umask 077 && mkdir -p "$spool")
    id=$(printf '0192e4c8-0000-7000-8000-%012d' "$1")
    printf '{"v":1,"id":"%s","kind":"note","host":"flock","tag":"wool","text":"bale %d"}' \
        "$id" "$1" >"$spool/$id.json"
}

# put_many FIRST LAST
put_many() {
    /usr/bin/python3 - "$spool" "$1" "$2" <<'PYTHON'
import os, sys
folder, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(folder, mode=0o700, exist_ok=True)
for number in range(first, last + 1):
    name = f"0192e4c8-0000-7000-8000-{number:012d}"
    with open(f"{folder}/{name}.json", "w") as file:
        file.write(f'{{"v":1,"id":"{name}","kind":"note","host":"flock","tag":"wool",'
                   f'"text":"bale {number}"}}')
PYTHON
}

waiting() {
    find "$spool" -maxdepth 1 -name '*.json' | wc -l | tr -d ' '
}

stored() {
    sheepdog-look list -c "$work/client.conf" --limit 1000 --json |
        /usr/bin/python3 -c 'import json, sys
messages = [row["message"]["text"] for row in json.load(sys.stdin)]
print(len(messages), len(set(messages)))'
}

deliver() {
    sheepdog-deliver -c "$work/client.conf" "$@" 2>"$work/said"
}

start_server "$work/server.conf" "$work/log"
configure 30s

deliver
expect "an empty spool is no failure" 0 $?

deliver --folder "$work/server.conf"
expect "one that is no folder is" "75" $?
check "and that is said" grep -q 'Not a directory' "$work/said"

mkdir -m 700 "$spool"
ln -s nowhere "$spool/link.json"
mkfifo "$spool/pipe.json"
mkdir "$spool/folder.json"
timeout 10 sheepdog-deliver -c "$work/client.conf"
expect "what is no file is no message" 0 $?
rm -r "$spool"

put 1
put 2
deliver
expect "what waits is delivered" "0 0" "$? $(waiting)"
expect "and stored" "2 2" "$(stored)"
expect "and nothing is said" "" "$(cat "$work/said")"

put 2
deliver
expect "a message that comes twice is stored once" "2 2" "$(stored)"

put_many 3 700
deliver
expect "more than one batch holds is delivered" "0 0" "$? $(waiting)"
expect "all of it" "700 700" "$(stored)"

put 701
printf '{"v":1,"tag":"wool","host":"flock","status":"bad"}' >"$spool/0192e4c9-wrong.json"
printf '{"v":1,"tag":"wo' >"$spool/0192e4c9-torn.json"
: >"$spool/0192e4c9-empty.json"
put 702
deliver
expect "wrong messages do not hold up good ones" "0 0" "$? $(waiting)"
expect "the good ones are stored" "702 702" "$(stored)"
expect "the wrong ones are put aside" 3 "$(find "$spool/rejected" -name '*.json' | wc -l)"
check "each with the reason" grep -q 'wrong.json: .*field "status"' "$work/said"

/usr/bin/python3 - "$spool" <<'PYTHON'
import sys
for number in range(12):
    with open(f"{sys.argv[1]}/0192e4ca-large-{number:02d}.json", "w") as file:
        file.write('{"v":1,"host":"flock","tag":"large","text":"large %d %s"}' %
                   (number, "x" * 1000000))
PYTHON
deliver
expect "twelve messages of a megabyte go in several requests" "0 0" "$? $(waiting)"
expect "and are stored" "714 714" "$(stored)"

/usr/bin/python3 -c 'print("{\"tag\":\"vast\",\"text\":\"" + "x" * 1100000 + "\"}", end="")' \
    >"$spool/0192e4cb-vast.json"
deliver
expect "one that is too large for any server is put aside" "0 0" "$? $(waiting)"
check "with the reason" grep -q 'vast.json: ' "$work/said"

by_hand='{"id":"0192e4cc-0000-7000-8000-000000000001","tag":"wool","text":"by hand"}'
printf '%s' "$by_hand" | deliver --stdin
expect "a message on stdin is delivered" "0 715 715" "$? $(stored)"
printf '{"tag":7}' | deliver --stdin
expect "a wrong one on stdin fails for good" 1 $?
printf '%s' "$by_hand" |
    env -u HOME -u XDG_STATE_HOME sheepdog-deliver --conf "$work/client.conf" --stdin
expect "a message on stdin needs no folder for a spool" 0 $?
check "and says why" grep -q 'field "tag"' "$work/said"

# The server goes away, and comes back.
kill "$server_pid"
wait "$server_pid" 2>/dev/null
put 703
deliver
expect "without a server it is for later" "75 1" "$? $(waiting)"
expect "in one line that says so" \
    "sheepdog: http://127.0.0.1:$port: connection refused; 1 message stays in $spool and goes with the next run" \
    "$(cat "$work/said")"
check "the failed try is marked" test -e "$spool/.tried"
printf '{"tag":"wool"}' | deliver --stdin
expect "so it is for a message on stdin" 75 $?
start_server "$work/server.conf" "$work/log" --port "$port"
deliver
expect "when it is back all is delivered" "0 0 716 716" "$? $(waiting) $(stored)"
check "and the mark is gone" test ! -e "$spool/.tried"

# A server that is stopped answers nothing: patience ends it.
configure 300ms
put 704
kill -STOP "$server_pid"
deliver
expect "patience ends, and nothing is lost" "75 1" "$? $(waiting)"
check "and says so" grep -q 'no answer in time; 1 message stays' "$work/said"
kill -CONT "$server_pid"
configure 30s
deliver
expect "what the server had taken unanswered is not stored twice" "0 717 717" "$? $(stored)"

# Two deliver at once.
put_many 1001 1200
deliver &
first=$!
sheepdog-deliver -c "$work/client.conf" 2>"$work/said.second"
second=$?
wait "$first"
expect "two at once wait for each other" "0 0 0" "$? $second $(waiting)"
expect "and nothing is stored twice" "917 917" "$(stored)"

# The server is killed at any moment of a delivery, and what waits grows meanwhile.
for try in 0 1 2 3 4 5 6 7; do
    put_many "$((2001 + try * 80))" "$((2080 + try * 80))"
    deliver &
    delivering=$!
    sleep "0.0$((try * 2 / 10))$((try * 2 % 10))"
    kill -9 "$server_pid"
    wait "$delivering"
    wait "$server_pid" 2>/dev/null
    start_server "$work/server.conf" "$work/log" --port "$port"
done
deliver
expect "kill -9 of the server loses nothing" "0 0" "$? $(waiting)"
found=$(sheepdog-look list -c "$work/client.conf" --limit 1000 --json 2>/dev/null |
    /usr/bin/python3 -c 'import json, sys
bales = [row["message"]["text"] for row in json.load(sys.stdin)]
print(sum(bales.count(f"bale {n}") == 1 for n in range(2001, 2641)))')
expect "all that waited is stored, once" 640 "$found"

# One that cannot be read now, by somebody who is not root.
cp "$BUILD/sheepdog-deliver" "$work/"
mkdir -m 777 "$work/theirs"
printf '{"tag":"wool"}' >"$work/theirs/shut.json"
chmod 000 "$work/theirs/shut.json"
chmod 755 "$work"
chmod 644 "$work/client.conf"
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}
as_user "$work/sheepdog-deliver" -c "$work/client.conf" --folder "$work/theirs" 2>"$work/said"
expect "a message that cannot be read waits for a better time" "75 1" \
    "$? $(find "$work/theirs" -maxdepth 1 -name '*.json' | wc -l)"
check "and that is said" grep -q 'shut.json: Permission denied; it stays' "$work/said"

# A stranger on the port.
cat >"$work/stranger" <<'PYTHON'
import http.server, sys
class Stranger(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *words):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Stranger)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
/usr/bin/python3 "$work/stranger" >"$work/stranger.port" &
pids="$pids $!"
wait_until 20 test -s "$work/stranger.port"
port=$(cat "$work/stranger.port")
configure 30s
put 705
deliver
expect "a stranger's 200 removes nothing" "75 1" "$? $(waiting)"

printf '(prot 7777)' >"$work/client.conf"
deliver
expect "a broken configuration is for later" 75 $?
check "and is named" grep -q 'client.conf:1:' "$work/said"
sheepdog-deliver --foldr x 2>"$work/said"
expect "a mistyped option is told" "2 1" "$? $(grep -c 'did you mean --folder' "$work/said")"
finish
