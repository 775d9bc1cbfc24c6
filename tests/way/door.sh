#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The queue daemon and its door, driven by curl: every status, malformed bodies, kill -9, a
# full disk, the signals, readiness.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
conf=$work/server.conf
log=$work/server.log

# write_conf STORE [SETTING…]
write_conf() {
    store=$1
    shift
    printf '%s\n' "(store \"$store\")" "$@" >"$conf"
    chmod 600 "$conf"
}

# status [CURL-OPTION…] PATH: the status; body and headers go to $work/body and $work/head.
status() {
    for path in "$@"; do :; done
    i=1
    count=$#
    while [ "$i" -lt "$count" ]; do
        set -- "$@" "$1"
        shift
        i=$((i + 1))
    done
    shift
    curl -sS -m 30 -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" \
        "http://127.0.0.1:$port$path"
}

post() {
    status -d "$1" /v1/messages
}

# stored [QUERY]: how many messages there are.
stored() {
    curl -sS "http://127.0.0.1:$port/v1/messages?limit=10000${1:+&$1}" |
        /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)["messages"]))'
}

said() {
    grep -qF -- "$2" "$work/$1"
}

# end_server SIGNAL: sets $ended to the exit status.
end_server() {
    kill "-$1" "$server_pid"
    wait "$server_pid"
    ended=$?
}

write_conf "$work/new/folder/sheepdog.db"
start_server "$conf" "$log"

# Every status.
check "the store's folder is made" test -f "$work/new/folder/sheepdog.db"
expect "and is the daemon's own" 700 "$(stat -c %a "$work/new/folder")"
expect "one message: 202" 202 "$(post '{"tag":"t","status":0}')"
expect "and its reply" '{"taken":1}' "$(cat "$work/body")"
expect "an array: 202" 202 "$(post '[{"tag":"t","status":0},{"tag":"u","text":"x"}]')"
printf '{"tag":"t","status":0}\n{"tag":"t","status":0}\n' >"$work/lines"
expect "NDJSON: 202" 202 "$(status -H 'Content-Type: application/x-ndjson' \
    --data-binary "@$work/lines" /v1/messages)"
expect "all of them are stored" 5 "$(stored)"
expect "a wrong field: 400" 400 "$(post '[{"tag":"t"},{"tag":"t","status":"two"}]')"
check "which names index and field" said body 'message 1: field \"status\": found \"two\"'
check "and the index as a number" said body '"index":1'
expect "nothing of it is stored" 5 "$(stored)"
expect "a page's origin: 403" 403 \
    "$(status -H 'Origin: http://evil.example' -d '{"tag":"t"}' /v1/messages)"
expect "another host's name: 403" 403 "$(status -H 'Host: evil.example' /v1/status)"
expect "no such page: 404" 404 "$(status /v1/mesages)"
check "which suggests one" said body 'did you mean /v1/messages?'
expect "no such message: 404" 404 "$(status /v1/messages/ffffffff)"
expect "another method: 405" 405 "$(status -X DELETE /v1/messages)"
check "which says what is allowed" grep -qi '^Allow: POST, GET, HEAD' "$work/head"
part=$(curl -sS "http://127.0.0.1:$port/v1/messages" | sed 's/.*"id": *"\(....\).*/\1/')
expect "several messages: 409" 409 "$(status "/v1/messages/$part")"
head -c 17000000 /dev/zero | tr '\0' ' ' >"$work/large"
expect "17 MB: 413" 413 "$(status --data-binary "@$work/large" /v1/messages)"
expect "17 MB in chunks: 413" 413 "$(status -H 'Transfer-Encoding: chunked' \
    --data-binary "@$work/large" /v1/messages)"
seq 10001 | sed 's/.*/{"tag":"t"}/' >"$work/crowd"
expect "10001 messages: 413" 413 "$(status --data-binary "@$work/crowd" /v1/messages)"
check "which says how many may be" said body 'more than 10000 messages'
{ printf '{"tag":"t","text":"' && head -c 1048576 /dev/zero | tr '\0' x && printf '"}'; } \
    >"$work/large"
expect "a message over 1 MiB: 413" 413 \
    "$(status --data-binary "@$work/large" /v1/messages)"
expect "XML: 415" 415 \
    "$(status -H 'Content-Type: application/xml' -d '<x/>' /v1/messages)"
expect "a header of 100 kB: 431" 431 \
    "$(status -H "X-Long: $(head -c 100000 /dev/zero | tr '\0' x)" /healthz)"
expect "a wrong parameter: 400" 400 "$(status '/v1/messages?limit=many')"
expect "HEAD: 200" 200 "$(status -I /v1/status)"
expect "healthz: 200" 200 "$(status /healthz)"
check "and says that all is well" said body '{"ok":true,'
expect "still five are stored" 5 "$(stored)"

# The same id twice.
twice='{"id":"0192e4c8-0000-7000-8000-000000000001","tag":"twice","status":0}'
expect "an id: 202" 202 "$(post "$twice")"
expect "the same id again: 202" 202 "$(post "$twice")"
expect "stored once" 1 "$(stored tag=twice)"

# 1000 malformed bodies.
/usr/bin/python3 "$here/malformed" "$port" 1000 >"$work/statuses" 2>"$work/taken"
expect "1000 malformed bodies are each refused" "400 1000" "$(cat "$work/statuses")"
cat "$work/taken"
expect "none of them is stored" 6 "$(stored)"
check "the daemon still runs" kill -0 "$server_pid"
expect "and takes a good one" 202 "$(post '{"tag":"after","status":0}')"

# 50 at once, each of its own process.
i=0
senders=
while [ "$i" -lt 50 ]; do
    curl -sS -m 30 -o /dev/null -w '%{http_code}\n' -d "{\"tag\":\"many\",\"text\":\"$i\"}" \
        "http://127.0.0.1:$port/v1/messages" >>"$work/many" &
    senders="$senders $!"
    i=$((i + 1))
done
for sender in $senders; do
    wait "$sender"
done
expect "50 at once are taken" "50 202" "$(sort "$work/many" | uniq -c | tr -s ' ' | sed 's/^ //')"
expect "and stored" 50 "$(stored tag=many)"

# kill -9 after 202.
expect "a message just before kill -9: 202" 202 "$(post '{"tag":"killed","status":1}')"
end_server KILL
start_server "$conf" "$log"
expect "is there after the restart" 1 "$(stored tag=killed)"
expect "as is all else" 58 "$(stored)"
check "and its state" grep -q '"tag":"killed","state":"fail"' <<STATUS
$(curl -sS "http://127.0.0.1:$port/v1/status")
STATUS

# A store that another program holds up: what is acknowledged meanwhile is in the queue.
cat >"$work/hold.py" <<'PYTHON'
import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(60)
PYTHON
/usr/bin/python3 "$work/hold.py" "$work/new/folder/sheepdog.db" >"$work/held" &
holder=$!
pids="$pids $holder"
wait_until 10 grep -q held "$work/held"
expect "a store that is held up: 202 all the same" 202 "$(post '{"tag":"held","status":1}')"
expect "a kind that is not known: 202" 202 "$(post '{"tag":"held","kind":"dance"}')"
journal=$work/new/folder/sheepdog.db-queue
has_no_journal() {
    [ -z "$(ls "$journal")" ]
}
check "the queue is on disk" test -n "$(ls "$journal")"
expect "and is the daemon's own" 700 "$(stat -c %a "$journal")"
check "a question is answered with what the store has" [ "$(stored tag=killed)" -eq 1 ]
end_server KILL
kill "$holder"
start_server "$conf" "$log"
expect "after kill -9 it is stored" 1 "$(stored tag=held)"
expect "what is not known is a dead letter" 1 "$(sqlite3 "$work/new/folder/sheepdog.db" \
    "SELECT count(*) FROM dead WHERE source = 'door'")"
check "the queue is empty when all is stored" wait_until 10 has_no_journal

# HUP.
cp "$conf" "$work/good.conf"
echo '(prot 7)' >>"$conf"
kill -HUP "$server_pid"
check "HUP with a broken file is logged" \
    wait_until 10 grep -q 'stays as it was: .*server.conf:2:2: .*did you mean port' "$log"
expect "and the daemon goes on" 202 "$(post '{"tag":"t","status":0}')"
{ cat "$work/good.conf" && echo '(port 7) (listen "::1") (zone "Asia/Tokyo")'; } >"$conf"
kill -HUP "$server_pid"
check "HUP with a good file is logged" \
    wait_until 10 grep -q 'the configuration is read again' "$log"
check "what takes a restart is said" grep -q 'the setting listen has changed' "$log"
expect "and the door is where it was" 202 "$(post '{"tag":"t","status":0}')"
cp "$work/good.conf" "$conf"

# TERM and INT.
end_server TERM
expect "TERM: exit status 0" 0 "$ended"
check "which is logged" grep -q 'sheepdog-queue-daemon: ended' "$log"
start_server "$conf" "$log"
end_server INT
expect "INT: exit status 0" 0 "$ended"

# What it refuses to start with.
start_server "$conf" "$log"
sheepdog-queue-daemon -c "$conf" --port 0 2>"$work/refused"
expect "a second daemon on one store: exit status 1" 1 $?
check "which says why" said refused 'another sheepdog-queue-daemon uses this store'
end_server TERM
write_conf "$work/other.db" '(listen "0.0.0.0")'
sheepdog-queue-daemon -c "$conf" 2>"$work/refused"
expect "beyond loopback: exit status 1" 1 $?
check "which says why" said refused 'beyond loopback it needs tokens and TLS: sheepdog-queue-daemon init'
sheepdog-queue-daemon -c "$work/none.conf" 2>"$work/refused"
expect "a configuration that is not there: exit status 1" 1 $?
check "which names it" said refused "$work/none.conf"
sheepdog-queue-daemon --port 65536 2>"$work/refused"
expect "a wrong option: exit status 2" 2 $?
echo '(store "x") (store' >"$conf"
sheepdog-queue-daemon -c "$conf" --check 2>"$work/refused"
expect "--check of a broken file: exit status 1" 1 $?
write_conf "$work/other.db"
expect "--check of a good one" "$conf: good" "$(sheepdog-queue-daemon -c "$conf" --check)"

# Readiness, as systemd asks for it.
cat >"$work/manager.py" <<'PYTHON'
import os, signal, socket, subprocess, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.settimeout(20)
manager.bind(sys.argv[1].replace("@", "\0"))
daemon = subprocess.Popen(["sheepdog-queue-daemon", "-c", sys.argv[2], "--port", "0"],
                          env=dict(os.environ, NOTIFY_SOCKET=sys.argv[1]))
print(manager.recv(100).decode())
daemon.send_signal(signal.SIGHUP)
print(manager.recv(100).decode().split("\n")[0])
print(manager.recv(100).decode())
daemon.terminate()
print(manager.recv(100).decode())
print(daemon.wait(20))
PYTHON
told="READY=1 RELOADING=1 READY=1 STOPPING=1 0 "
for socket in "$work/notify" "@sheepdog-way-$$"; do
    expect "the service manager is told, at ${socket%%[/a-z]*}…" "$told" \
        "$(/usr/bin/python3 "$work/manager.py" "$socket" "$conf" 2>>"$log" | tr '\n' ' ')"
done

# A full disk under the store.
mkdir "$work/disk"
if mount -t tmpfs -o size=2m tmpfs "$work/disk" 2>"$work/mount"; then
    trap 'umount -l "$work/disk"; clean_up' EXIT
    write_conf "$work/disk/sheepdog.db"
    start_server "$conf" "$log"
    expect "while there is room: 202" 202 "$(post '{"tag":"room","status":0}')"
    expect "and stored" 1 "$(stored tag=room)"
    head -c 2000000 /dev/zero >"$work/disk/ballast" 2>/dev/null
    { printf '{"tag":"full","text":"' && head -c 500000 /dev/zero | tr '\0' x &&
        printf '"}'; } >"$work/large"
    expect "a full disk: 503" 503 "$(status --data-binary "@$work/large" /v1/messages)"
    check "with Retry-After" grep -qi '^Retry-After: [0-9]' "$work/head"
    expect "and healthz: 503" 503 "$(status /healthz)"
    expect "what was stored can still be asked" 1 "$(stored tag=room)"
    rm "$work/disk/ballast"
    expect "with room again: 202" 202 "$(status --data-binary "@$work/large" /v1/messages)"
    expect "and healthz: 200" 200 "$(status /healthz)"
    expect "stored once" 1 "$(stored tag=full)"
    end_server TERM
    expect "and it ends well" 0 "$ended"
else
    echo "# skipped: a full disk under the store (mounting a small one takes root)"
fi
finish
