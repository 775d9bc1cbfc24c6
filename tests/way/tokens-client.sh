#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# From the line that `sheepdog-queue-daemon token add` prints to a bark in the store, over TLS
# with a pin: what each role may, as the commands of `sheepdog` say it.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
me=$(uname -n)
mkdir store
cat >server.conf <<CONF
(store "$work/store/sheepdog.db") (listen "127.0.0.1") (user "")
(tls (certificate "$work/tls/server.pem") (key "$work/tls/server.key"))
CONF
chmod 600 server.conf
sheepdog-queue-daemon init -c server.conf --name localhost >line 2>err
expect "init prints the line to join by" "0 1" "$? $(grep -c '^sheepdog join https://localhost:7777 --pin sha256//' line)"
: >log
sheepdog-queue-daemon -c server.conf --port 0 2>>log &
pids="$pids $!"
wait_until 20 grep -q 'listening on https' log || cat log
url=https://localhost:$(sed -n 's/.*listening on https:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' log)

# join_by CONF: runs the line that was printed, on the port that was free
join_by() {
    sed -n "s,^\(sheepdog join \)https://[^ ]*\(.*\),\1$url\2 -c $1,p" line >join.sh
    sh join.sh >out 2>&1
}
# The door reads its tokens again when what it knows is a second old. It must not be asked
# meanwhile: who comes with wrong tokens often is shut out for a minute.
let_the_door_read() {
    sleep 1.2
}
# add HOST ROLE: a token of that role; joins with it as ROLE.conf
add() {
    sheepdog-queue-daemon token add -c server.conf --host "$1" --role "$2" >line 2>err
    let_the_door_read
    join_by "$2.conf"
}
join_by shepherd.conf
expect "the shepherd joins" 0 $?
add "$me" bark
expect "so does a machine" 0 $?
add '*' read
expect "and one who looks" "0 yes" "$? $(grep -q 'may see what' out && echo yes)"

# may CONF COMMAND…: "yes", or in which words not
may() {
    file=$1
    shift
    "$@" -c "$file" >out 2>err </dev/null && echo yes || grep -o 'this token may not do that\|does not know this token' err
}
printf '{"id":"0192e4c8-0000-7000-8000-aaaa00000001","host":"else","tag":"t","time":"2026-11-01T10:00:00Z","status":0}\n' >message
no="this token may not do that"
expect "a machine barks" yes "$(may bark.conf sheepdog bark --tag hello)"
expect "and its bark is there" 1 "$(sheepdog list -c shepherd.conf --json --tag hello | grep -c '"tag": "hello"')"
expect "a machine does not look" "$no" "$(may bark.conf sheepdog list)"
expect "nor export" "$no" "$(may bark.conf sheepdog export)"
expect "one who looks looks" yes "$(may read.conf sheepdog status)"
expect "at dead letters too" yes "$(may read.conf sheepdog dead list)"
expect "but drops none" "$no" "$(may read.conf sheepdog dead drop 1)"
expect "nor imports" "$no" "$(may read.conf sheepdog import message)"
sheepdog import -c bark.conf message >out 2>err
expect "nor does a machine import what another barked" "1 0 taken, 1 refused" "$? $(cat out)"
expect "a shepherd does" yes "$(may shepherd.conf sheepdog import message)"
sheepdog dead drop 1 -c shepherd.conf 2>err
expect "and may drop what is there" "1 1" "$? $(grep -c 'no dead letter' err)"

sheepdog-queue-daemon token list -c server.conf >tokens
number=$(awk '/bark/ { print $1 }' tokens)
sheepdog-queue-daemon token revoke -c server.conf "$number" >out 2>&1
let_the_door_read
expect "a token that was revoked is not known any more" "does not know this token" "$(may bark.conf sheepdog list)"
sheepdog bark -c bark.conf --tag late 2>err
check "and the bark that stays says so" grep -q 'it does not know this token.* stays' err
sed 's/(token "[^"]*")//' bark.conf >nameless.conf
sheepdog list -c nameless.conf 2>err
expect "without a token it says where one comes from" "1 1" "$? $(grep -c 'it asks for a token; see sheepdog help join' err)"
sed "s,(pin \"[^\"]*\"),(pin \"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\")," shepherd.conf >wrong.conf
chmod 600 wrong.conf nameless.conf
sheepdog list -c wrong.conf 2>err
expect "with a wrong pin nothing is asked" "1 1" "$? $(grep -c 'its key is not the pinned one' err)"
check "no token is in the log" sh -c '! grep -q "sheepdog_[A-Za-z0-9_-]\{20\}" log'
finish
