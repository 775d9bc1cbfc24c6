#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Things that monitors watch go wrong for real, and right again: the daemon tells the server
# of each once. Root gets a file system of its own, that fills.
if [ "$(id -u)" -eq 0 ] && [ -z "${is_inside:-}" ] && unshare -m true 2>/dev/null; then
    is_inside=1 exec unshare -m "$0" "$@"
fi
. "$(dirname "$0")/lib.sh"
log=$work/daemon.log

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -days "$1" -keyout "$work/new.key" \
        -out "$work/new.pem" 2>"$work/openssl.log"
    cat "$work/new.pem" "$work/new.key" >"$work/new.both"
    mv "$work/new.both" "$work/server.both"
}

port_of() {
    sed -n "s/^$1 //p" "$work/ports"
}

start_pages() {
    : >"$work/ports"
    "$way/pages-server" "$work" "$@" >"$work/ports" 2>"$work/pages.log" &
    pages_pid=$!
    pids="$pids $pages_pid"
    wait_until 20 grep -q ready "$work/ports"
}

# fill KILOBYTES: so much of the file system is used.
fill() {
    head -c "$1k" /dev/zero >"$work/disk/file"
}

make_certificate 90
start_pages
http=127.0.0.1:$(port_of http)
https=localhost:$(port_of https)
printf 'x' >"$work/backup.tar"
cp "$(command -v sleep)" "$work/sheep$$"
"$work/sheep$$" 600 &
sheep_pid=$!
pids="$pids $sheep_pid"
mkdir "$work/disk"
disk=
if [ -n "${is_inside:-}" ] && mount -t tmpfs -o size=1m none "$work/disk"; then
    trap 'umount -l "$work/disk"; clean_up' EXIT
    disk="(monitor disk (every \"200ms\") (only \"$work/disk\"))"
fi

printf '(store "%s/sheepdog.db") (log "%s/told.log")\n' "$work" "$work" >"$work/server.conf"
start_server "$work/server.conf" "$work/server.log"
{
    echo "(port $port) (patience \"5s\") (beat \"1s\")"
    monitors_off disk
    cat <<CONF
${disk:-(monitor disk off)}
(monitor process (every "200ms") (name "sheep$$"))
(monitor file (every "200ms") (path "$work/backup.tar") (age-warn "1h") (age-fail "2h"))
(monitor port (every "200ms") (tag "front") (address "$http"))
(monitor http (every "500ms") (url "http://$http/good") (contains "all is well"))
(monitor certificate (every "500ms") (address "$https") (insecure #t))
(monitor ping (every "1s") (address "127.0.0.1") (count 2))
CONF
} >"$work/daemon.conf"
check "the configuration is good" sheepdog-daemon -c "$work/daemon.conf" --check
sheepdog-daemon -c "$work/daemon.conf" 2>"$log" &
pids="$pids $!"

goes "a process runs" "process:sheep$$" SUCCESS
goes "a file is young" "file:$work/backup.tar" SUCCESS
goes "a port is open" "front:$http" SUCCESS
goes "a page is well" "http:http://$http/good" SUCCESS
goes "a certificate is good" "certificate:$https" SUCCESS
goes "loopback answers" ping:127.0.0.1 SUCCESS

kill -STOP "$sheep_pid"
goes "a process that is stopped fails" "process:sheep$$" "SUCCESS FAIL"
kill -CONT "$sheep_pid"
goes "and runs again" "process:sheep$$" "SUCCESS FAIL SUCCESS"
kill -KILL "$sheep_pid"
goes "and is gone" "process:sheep$$" "SUCCESS FAIL SUCCESS FAIL"

touch -d '-90 minutes' "$work/backup.tar"
goes "a file that is old warns" "file:$work/backup.tar" "SUCCESS WARNING"
touch -d '-3 hours' "$work/backup.tar"
goes "and then fails" "file:$work/backup.tar" "SUCCESS WARNING FAIL"
touch "$work/backup.tar"
goes "until it is written" "file:$work/backup.tar" "SUCCESS WARNING FAIL SUCCESS"

make_certificate 10
goes "a certificate that ends soon warns" "certificate:$https" "SUCCESS WARNING"
make_certificate 1
goes "one that ends tomorrow fails" "certificate:$https" "SUCCESS WARNING FAIL"
make_certificate 90
goes "a new one is good" "certificate:$https" "SUCCESS WARNING FAIL SUCCESS"

kill "$pages_pid"
wait "$pages_pid" 2>/dev/null
goes "a port that closes fails" "front:$http" "SUCCESS FAIL"
goes "and so does its page" "http:http://$http/good" "SUCCESS FAIL"
start_pages "${http##*:}"
goes "a port that opens is well" "front:$http" "SUCCESS FAIL SUCCESS"
goes "and so is its page" "http:http://$http/good" "SUCCESS FAIL SUCCESS"

if [ -n "$disk" ]; then
    goes "a file system has room" "disk:$work/disk" SUCCESS
    fill 940
    goes "one that fills warns" "disk:$work/disk" "SUCCESS WARNING"
    fill 1000
    goes "and is full" "disk:$work/disk" "SUCCESS WARNING FAIL"
    fill 100
    goes "and has room again" "disk:$work/disk" "SUCCESS WARNING FAIL SUCCESS"
else
    echo "skipped: no file system can be mounted here"
fi
expect "of the rest nothing more was told" SUCCESS "$(told ping:127.0.0.1)"
finish
