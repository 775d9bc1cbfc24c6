#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sheepdog-handler, over a real Redis and a real RabbitMQ: the whole way from a job to the
# store, shared by two, killed, with messages that nobody can read and a store that cannot
# be written.
. "$(dirname "$0")/lib.sh"
store=$work/store/sheepdog.db
spool=$work/spool

# write_conf FILE QUEUE…: a handler's configuration.
write_conf() {
    file=$1
    shift
    echo "(store \"$store\") (log \"$work/told\")" >"$file"
    [ $# -eq 0 ] || echo "(read$(printf ' "%s"' "$@"))" >>"$file"
    chmod 600 "$file"
}

# write_client URL: the configuration of who barks.
write_client() {
    echo "(queue \"$1\") (patience \"20s\") (spool (folder \"$spool\"))" >"$work/client.conf"
    chmod 600 "$work/client.conf"
}

# start_handler NAME CONF QUEUES: sets $handler_pid; it reads its QUEUES when this returns.
start_handler() {
    : >"$work/$1.log"
    sheepdog-handler -c "$2" 2>>"$work/$1.log" &
    handler_pid=$!
    pids="$pids $handler_pid"
    wait_until 20 says_so_often "$work/$1.log" 'it is read' "$3" || {
        echo "not ok the handler starts"
        cat "$work/$1.log"
        exit 1
    }
}

# end_handler PID: sets $ended to the exit status.
end_handler() {
    kill "$1"
    wait "$1"
    ended=$?
}

# says_so_often FILE TEXT TIMES: at least.
says_so_often() {
    [ "$(grep -c -- "$2" "$1")" -ge "$3" ]
}

# ask SQL
ask() {
    ask_store "$store" "$1"
}

# stored [TAG]: how many messages are.
stored() {
    ask "SELECT count(*) FROM message JOIN tag ON tag.number = message.tag
         WHERE tag.tag LIKE '${1:-%}'"
}

# has_stored TAG COUNT
has_stored() {
    [ "$(stored "$1")" -eq "$2" ]
}

dead() {
    ask "SELECT count(*) FROM dead"
}

has_dead() {
    [ "$(dead)" -eq "$1" ]
}

# put_many TAG COUNT: so many messages into the spool.
put_many() {
    /usr/bin/python3 - "$spool" "$1" "$2" <<'PYTHON'
import os, sys, uuid
folder, tag, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.makedirs(folder, mode=0o700, exist_ok=True)
for number in range(count):
    name = f"0192e4c8-{number >> 16:04x}-7000-8000-{uuid.uuid4().hex[:12]}"
    with open(f"{folder}/{name}.json", "w") as file:
        file.write(f'{{"v":1,"id":"{name}","kind":"note","host":"flock","tag":"{tag}",'
                   f'"text":"bale {number}"}}')
PYTHON
}

deliver() {
    sheepdog-deliver -c "$work/client.conf"
}

add() {
    redis-cli -p "$redis_port" XADD sheepdog:messages '*' message "$1" >/dev/null
}

left_in_redis() {
    redis-cli -p "$redis_port" XLEN sheepdog:messages
}

has_left_in_redis() {
    [ "$(left_in_redis)" -eq "$1" ]
}

has_begun() {
    [ "$(stored "$1")" -gt 0 ]
}

mkdir "$work/store"
has_disk=
if mount -t tmpfs -o size=32m,mode=700 tmpfs "$work/store" 2>"$work/mount"; then
    trap 'umount -l "$work/store"; clean_up' EXIT
    has_disk=yes
fi

# The words of the call.
write_conf "$work/none.conf"
sheepdog-handler -c "$work/none.conf" >"$work/out" 2>&1
expect "without a queue to read it ends" 1 $?
check "and says what it expected" grep -q 'no queue is to be read: expected (read' "$work/out"
write_conf "$work/wrong.conf" "http://localhost"
sheepdog-handler -c "$work/wrong.conf" >"$work/out" 2>&1
expect "the door is not read" 1 $?
check "which is said" grep -q 'it comes to the door' "$work/out"
write_conf "$work/wrong.conf" "reddis://localhost"
sheepdog-handler -c "$work/wrong.conf" --check >"$work/out" 2>&1
expect "nor is what nobody knows" 1 $?
check "with a hint" grep -q 'did you mean redis' "$work/out"
sheepdog-handler --chek >"$work/out" 2>&1
expect "an unknown option" 2 $?

start_redis "$work/redis"
start_rabbit "$work/rabbit"
redis=redis://127.0.0.1:$redis_port
amqp=amqp://127.0.0.1:$rabbit_port
write_conf "$work/redis.conf" "$redis"
write_conf "$work/amqp.conf" "$amqp"
write_conf "$work/both.conf" "$redis" "$amqp"
check "a good configuration" sheepdog-handler -c "$work/both.conf" --check

# From a job to the store and to people, over both.
start_handler both "$work/both.conf" 2
both_pid=$handler_pid
for url in "$redis" "$amqp"; do
    tag=job-${url%%:*}
    write_client "$url"
    sheepdog run -c "$work/client.conf" --tag "$tag" -- sh -c 'echo wool; exit 3'
    expect "$tag: the job's exit status" 3 $?
    check "$tag: stored" wait_until 20 has_stored "$tag" 1
    check "$tag: told" wait_until 20 grep -q "$tag" "$work/told"
done

# From any script.
add '{"tag":"script","status":1}'
check "XADD of a short message is a bark" wait_until 20 has_stored script 1
expect "of this machine, and a failure" "$(uname -n) outcome FAIL" \
    "$(ask "SELECT host, kind, json_extract(body, '\$.err') FROM message
            JOIN tag ON tag.number = message.tag WHERE tag.tag = 'script'")"

# What nobody can read blocks nothing.
add 'baa'
add '{"tag":"poison","status":"two"}'
add '{"tag":"poison","kind":"dance"}'
add '{"tag":"after","status":0}'
check "what follows is stored" wait_until 20 has_stored after 1
check "what cannot be read is a dead letter" wait_until 20 has_dead 3
expect "with where it came from" "$redis" "$(ask 'SELECT DISTINCT source FROM dead')"
expect "with its bytes" "baa" "$(ask 'SELECT CAST(bytes AS TEXT) FROM dead LIMIT 1')"
check "nothing is left in Redis" wait_until 20 has_left_in_redis 0

# A disk that is full: nothing is acknowledged, and then all goes on.
if [ -n "$has_disk" ]; then
    head -c 100000000 /dev/zero >"$work/store/ballast" 2>/dev/null
    /usr/bin/python3 -c 'print("{\"tag\":\"held\",\"text\":\"" + 500000 * "x" + "\"}")' |
        redis-cli -p "$redis_port" -x XADD sheepdog:messages '*' message >/dev/null
    check "a store that cannot be written is said" \
        wait_until 20 grep -q 'source: .*cannot be stored' "$work/both.log"
    expect "and nothing is acknowledged" 1 "$(left_in_redis)"
    rm "$work/store/ballast"
    check "then it goes on" wait_until 20 has_stored held 1
    check "and says so" wait_until 20 grep -q 'it is read again' "$work/both.log"
else
    echo "# skipped: a full disk under the store (mounting a small one takes root)"
fi

# The queues that are read change with the configuration.
cp "$work/redis.conf" "$work/both.conf"
kill -HUP "$both_pid"
check "the configuration is read again" \
    wait_until 20 says_so_often "$work/both.log" 'it is read$' 3
write_client "$amqp"
put_many unread 3
check "what comes to the other queue" deliver
cp "$work/none.conf" "$work/both.conf"
kill -HUP "$both_pid"
check "one without a queue to read changes nothing" \
    wait_until 20 grep -q 'stays as it was: .*no queue is to be read' "$work/both.log"
cp "$work/amqp.conf" "$work/both.conf"
kill -HUP "$both_pid"
check "is stored when that is read again" wait_until 20 has_stored unread 3
echo '(read' >"$work/both.conf"
kill -HUP "$both_pid"
check "a configuration with an error changes nothing" \
    wait_until 20 says_so_often "$work/both.log" 'the configuration stays as it was' 2
end_handler "$both_pid"
expect "it ends in order" 0 "$ended"
check "and says so" grep -q 'sheepdog-handler: ended' "$work/both.log"

# Two with one store: one tells, whoever of them stored it; and then the other.
tell_by_amqp() {
    write_client "$amqp"
    sheepdog run -c "$work/client.conf" --tag "$1" -- false 2>/dev/null
    wait_until 20 grep -q "$1" "$work/told"
}
start_handler teller "$work/redis.conf" 1
first_pid=$handler_pid
add '{"tag":"told-first","status":1}'
check "the first one tells" wait_until 20 grep -q told-first "$work/told"
start_handler storer "$work/amqp.conf" 1
second_pid=$handler_pid
check "what the second one stores is told" tell_by_amqp told-passed-on
end_handler "$first_pid"
check "when the first one has ended, the second one tells" tell_by_amqp told-second
end_handler "$second_pid"
expect "each is told once" 3 "$(grep -c 'told-' "$work/told")"
expect "and nobody complains" 0 "$(cat "$work/teller.log" "$work/storer.log" | grep -c 'outbox')"

# Two share a queue and a store; one of them is killed in the middle of it.
for url in "$redis" "$amqp"; do
    name=${url%%:*}
    tag=shared-$name
    write_client "$url"
    put_many "$tag" 3000
    echo '(claim-after "2s")' >>"$work/$name.conf"
    start_handler "$name-1" "$work/$name.conf" 1
    first_pid=$handler_pid
    start_handler "$name-2" "$work/$name.conf" 1
    second_pid=$handler_pid
    deliver &
    deliver_pid=$!
    wait_until 20 has_begun "$tag"
    kill -9 "$first_pid"
    wait "$first_pid" 2>/dev/null
    wait "$deliver_pid"
    expect "$tag: all are delivered" 0 $?
    check "$tag: each is stored, once" wait_until 40 has_stored "$tag" 3000
    check "$tag: nothing is left in Redis, what was stored before the kill neither" \
        wait_until 20 has_left_in_redis 0
    end_handler "$second_pid"
    expect "$tag: it ends in order" 0 "$ended"
done
expect "nothing else is a dead letter" 3 "$(dead)"

finish
