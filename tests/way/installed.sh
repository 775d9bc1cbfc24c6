#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# installed: what is installed on a machine is known on the server, as it is and as it was, by
# the real daemon and the real queue daemon.
. "$(dirname "$0")/lib.sh"

root=$work/root
daemon_conf=$work/daemon.conf
daemon_log=$work/daemon.log
mkdir -p "$root"
cp -R "$(dirname "$way")/data/roots/debian/." "$root"

# Monitors are of no interest here.
configure() {
    {
        printf '(port %s) (patience "5s") (beat "1s") (root "%s")\n' \
            "$port" "$root"
        sheepdog monitors --json | python3 -c 'import json, sys
for monitor in json.load(sys.stdin)["monitors"]:
    if monitor["default"]: print("(monitor %s off)" % monitor["name"])'
    } >"$daemon_conf"
}

start_daemon() {
    sheepdog-daemon -c "$daemon_conf" 2>>"$daemon_log" &
    daemon_pid=$!
    pids="$pids $daemon_pid"
}

end_daemon() {
    kill "$daemon_pid"
    wait "$daemon_pid"
}

# known RELATION [OPTION…]: its rows on the server, values parted by blanks, in order.
known() {
    sheepdog facts -c "$daemon_conf" --json "$@" | python3 -c 'import json, sys
ours = ("host", "since", "until", "seen")
for line in sorted(" ".join(str(row[name]) for name in row if name not in ours)
                   for row in json.load(sys.stdin)):
    print(line)'
}

# knows RELATION LINE: such a row is known.
knows() {
    known "$1" | grep -qxF "$2"
}

# set_version NAME VERSION: in the way of dpkg, which renames.
set_version() {
    awk -v name="$1" -v version="$2" '
        /^Package: / { is_it = $2 == name }
        is_it && /^Version: / { $0 = "Version: " version }
        { print }' "$root/var/lib/dpkg/status" >"$root/var/lib/dpkg/status-new"
    mv "$root/var/lib/dpkg/status-new" "$root/var/lib/dpkg/status"
}

epoch() {
    sed -n 's/^mark \([0-9]*\) .*/\1/p' "$work/state/sheepdog/daemon/facts/mark"
}

echo "(store \"$work/store.db\")" >"$work/server.conf"
start_server "$work/server.conf" "$work/server.log"
configure
start_daemon

check "what is installed is known" wait_until 30 knows package "nginx 1.22.1-9"
expect "and nothing else" "libc6 2.36-9+deb12u8
man-db 2.11.2-2
nginx 1.22.1-9
tzdata 2024a-0+deb12u1" "$(known package)"
expect "the other relations too" "alice 1000 /usr/bin/zsh
daemon 1 /usr/sbin/nologin
root 0 /bin/bash
toor 0 /bin/sh" "$(known user)"

before=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
end_daemon
set_version nginx 1.22.1-10
marked=$(epoch)
start_daemon
check "what changed while it was away is known when it is back" \
    wait_until 30 knows package "nginx 1.22.1-10"
expect "and there is but one nginx" 1 "$(known package | grep -c nginx)"
expect "by a message that continues those before" "$marked" "$(epoch)"
expect "what was true then is still told" "nginx 1.22.1-9" \
    "$(known package --at "$before" | grep nginx)"

end_daemon
exit "$((failures > 0))"
