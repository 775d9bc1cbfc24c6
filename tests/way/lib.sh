# SPDX-License-Identifier: GPL-3.0-or-later
# What every whole-way test begins with:  . "$(dirname "$0")/lib.sh"
#
# $BUILD    where the programs are
# $work     an empty folder; removed at the end, unless $keep_work is set
# A claim is `check NAME COMMAND…` or `expect NAME WANTED FOUND`; both print "ok NAME" or
# "not ok NAME". Servers are started by start_…, and ended by their own ids at the end.
# shellcheck shell=sh
set -u
: "${BUILD:?the folder with the programs}"
PATH=$BUILD:$PATH
way=${way:-$(cd "$(dirname "$0")" && pwd)} # this folder
work=$(mktemp -d "${TMPDIR:-/tmp}/sheepdog-way.XXXXXX")
export HOME="$work/home" XDG_STATE_HOME="$work/state"
unset SHEEPDOG_CONF
mkdir -p "$HOME"
pids=
failures=0
ASAN_OPTIONS=detect_leaks=1
export ASAN_OPTIONS

clean_up() {
    for pid in $pids; do
        kill -CONT "$pid" 2>/dev/null
        kill "$pid" 2>/dev/null
    done
    for pid in $pids; do
        wait "$pid" 2>/dev/null
    done
    [ -n "${keep_work:-}" ] || rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# check NAME COMMAND…: the command succeeds.
check() {
    name=$1
    shift
    if "$@" >"$work/check.log" 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        echo "  failed: $*"
        sed 's/^/  /' "$work/check.log"
        failures=$((failures + 1))
    fi
}

# expect NAME WANTED FOUND: both texts are the same.
expect() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        printf 'not ok %s\n  wanted: %s\n  found:  %s\n' "$1" "$2" "$3"
        failures=$((failures + 1))
    fi
}

# wait_until SECONDS COMMAND…: until the command succeeds; fails after that time.
wait_until() {
    tries=$(($1 * 60)) # thrice as long: a machine may have much else to do
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

# start_server CONF LOG [OPTION…]: a queue daemon; sets $server_pid and $port.
# Without --port among the options it takes a free one.
start_server() {
    conf=$1
    log=$2
    shift 2
    [ $# -gt 0 ] || set -- --port 0
    : >"$log"
    sheepdog-queue-daemon -c "$conf" "$@" 2>>"$log" &
    server_pid=$!
    pids="$pids $server_pid"
    wait_until 20 grep -q 'listening on' "$log" || {
        echo "not ok the queue daemon starts"
        cat "$log"
        exit 1
    }
    port=$(sed -n 's/.*listening on https*:\/\/.*:\([0-9]*\)$/\1/p' "$log" | tail -n 1)
}

# start_mail_server FOLDER [OPTION…]: a real SMTP server (aiosmtpd) that puts each mail
# into the Maildir FOLDER; sets $mail_pid and $mail_port. Options: see smtp-server.
start_mail_server() {
    maildir=$1
    shift
    : >"$work/mail.port"
    /usr/bin/python3 "$way/smtp-server" "$maildir" "$@" >"$work/mail.port" &
    mail_pid=$!
    pids="$pids $mail_pid"
    wait_until 20 test -s "$work/mail.port" || {
        echo "not ok the mail server starts"
        exit 1
    }
    mail_port=$(cat "$work/mail.port")
}

# start_redis FOLDER [OPTION…]: a Redis that keeps what it has in FOLDER, on disk at once;
# sets $redis_pid. It listens on $redis_port of loopback, and where that is not set, on a
# free port that is then in it. Options are redis-server's.
start_redis() {
    redis_folder=$1
    shift
    mkdir -p "$redis_folder"
    for try in 1 2 3 4 5 6 7 8 9 10; do
        number=${redis_port:-$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))}
        redis-server --port "$number" --bind 127.0.0.1 --dir "$redis_folder" --save '' \
            --appendonly yes --appendfsync always "$@" >"$redis_folder/log" 2>&1 &
        redis_pid=$!
        pids="$pids $redis_pid"
        wait_until 20 grep -qE 'Ready to accept|bind: Address|FATAL' "$redis_folder/log"
        if grep -q 'Ready to accept' "$redis_folder/log"; then
            redis_port=$number
            return
        fi
    done
    echo "not ok Redis starts"
    cat "$redis_folder/log"
    exit 1
}

# start_rabbit FOLDER [OPTION…]: a RabbitMQ that keeps what it has in FOLDER; it takes some
# seconds. Sets $rabbit_pid, $rabbit_broker (the broker's own process) and $rabbit_port; a
# later one in the same FOLDER goes on. Options: see rabbit-server.
start_rabbit() {
    rabbit_folder=$1
    shift
    mkdir -p "$rabbit_folder"
    : >"$rabbit_folder/said"
    "$way/rabbit-server" "$rabbit_folder" "$@" >"$rabbit_folder/said" &
    rabbit_pid=$!
    pids="$pids $rabbit_pid"
    wait_until 100 test -s "$rabbit_folder/said" || {
        echo "not ok RabbitMQ starts"
        exit 1
    }
    read -r rabbit_port rabbit_broker _ <"$rabbit_folder/said"
}

# start_told_server FOLDER: a web server that keeps in it what it is told; $told_url.
start_told_server() {
    /usr/bin/python3 "$way/told-server" "$1" >"$1.port" &
    pids="$pids $!"
    wait_until 20 test -s "$1.port"
    told_url=http://127.0.0.1:$(cat "$1.port")
}

# ask_store FILE SQL: the rows of what it asks a store that servers may be writing, the
# columns between blanks. To wait for something costs little so.
ask_store() {
    sqlite3 -readonly -separator ' ' -cmd '.timeout 20000' "$1" "$2"
}

# told TAG: the states that the server was told of it by the daemon of $work/daemon.conf,
# oldest first, in a line.
told() {
    sheepdog list -c "$work/daemon.conf" --json --tag "$1" --limit 1000 |
        python3 -c 'import json, sys
print(*(row["message"]["err"] for row in json.load(sys.stdin)
        if row["message"]["kind"] == "note" and row["message"]["err"]))'
}

# has_told TAG STATES: so the store of the server has it, $work/sheepdog.db.
has_told() {
    [ "$2" = "$(ask_store "$work/sheepdog.db" "SELECT coalesce(group_concat(err, ' '), '')
        FROM (SELECT err FROM message JOIN tag ON tag.number = message.tag
            WHERE tag.tag = '$1' AND kind = 'note' AND err != '' ORDER BY message.number)")" ]
}

# goes NAME TAG STATES: that is what the server is told of it, soon.
goes() {
    wait_until 30 has_told "$2" "$3"
    expect "$1" "$3" "$(told "$2")"
}

# monitors_off [NAME…]: forms that take away all default monitors but those.
monitors_off() {
    sheepdog monitors --json | python3 -c 'import json, sys
for monitor in json.load(sys.stdin)["monitors"]:
    if monitor["default"] and monitor["name"] not in sys.argv[1:]:
        print("(monitor %s off)" % monitor["name"])' "$@"
}

# mails FOLDER: how many arrived there.
mails() {
    find "$1/new" -type f 2>/dev/null | wc -l | tr -d ' '
}

# has_mails FOLDER COUNT: at least so many arrived there.
has_mails() {
    [ "$(mails "$1")" -ge "$2" ]
}

# newest_mail FOLDER: the file of the one that arrived last.
newest_mail() {
    find "$1/new" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-
}

# on_terminal KEYS COMMAND: an interactive shell with job control runs the command on a
# terminal of its own. KEYS are pairs of what to wait for and what to type then. Prints all
# that the terminal showed.
on_terminal() {
    /usr/bin/python3 - "$@" <<'EOF'
import os, pty, select, sys, time
keys = sys.argv[1].encode().decode("unicode_escape").split("|")
pairs = list(zip(keys[::2], keys[1::2]))
pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = "$ "
    os.environ["ENV"] = ""
    os.execvp("sh", ["sh", "-i"])
shown = b""
typed = 0
pairs = [("$ ", sys.argv[2] + "\n")] + pairs + [("$ ", "exit\n")]
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    if pairs and pairs[0][0].encode() in shown[typed:]:
        typed = shown.index(pairs[0][0].encode(), typed) + len(pairs[0][0])
        os.write(terminal, pairs.pop(0)[1].encode())
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            got = os.read(terminal, 65536)
        except OSError:
            break
        if not got:
            break
        shown += got
else:
    os.kill(pid, 9)
    print("it hangs")
sys.stdout.buffer.write(shown.replace(b"\r", b""))
EOF
}

# finish: the test's exit status.
finish() {
    [ "$failures" -eq 0 ]
    exit
}
