#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Beside the Ruby sheepdog: what it wrote to Redis is handled once, whatever is restarted,
# and stays there for its tools; our messages are written there in its form. And a bark by
# redis-cli.
. "$(dirname "$0")/lib.sh"
export TZ=UTC
start_redis "$work/redis"
written=$way/../data/ruby-sheepdog.jsonl

redis() {
    redis-cli -p "$redis_port" "$@"
}

conf=$work/server.conf
cat >"$conf" <<EOF
(store "$work/store.db") (log "$work/changes") (spool (folder "$work/spool"))
(read (sheepdog-ruby "redis://127.0.0.1:$redis_port" "sheepdog_run")
      "redis://127.0.0.1:$redis_port")
EOF
chmod 600 "$conf"

start_reading() {
    start_server "$conf" "$work/server.log"
    cat >"$work/look.conf" <<EOF
(host "localhost") (port $port)
EOF
    chmod 600 "$work/look.conf"
}

stop_reading() {
    kill "$server_pid"
    wait "$server_pid"
}

# answer EXPRESSION COMMAND…: of the JSON that the server gives, as `answer`
answer() {
    expression=$1
    shift
    sheepdog "$@" -c "$work/look.conf" --json | /usr/bin/python3 -c "import json, sys
answer = json.load(sys.stdin)
print($expression)"
}

has_stored() {
    [ "$(answer 'len(answer)' list)" -eq "$1" ]
}

while read -r line; do
    redis RPUSH sheepdog_run "$line" >/dev/null
done <"$written"
start_reading
check "all ten that the real tool wrote are stored" wait_until 20 has_stored 10
expect "those that failed are wrong, and they alone" \
    "FAIL3 NF NUL SIG9 echoquotex>&2;false" \
    "$(answer '*sorted(row["tag"] for row in answer)' status --failed)"
expect "they are still there for its own tools" 10 "$(redis LLEN sheepdog_run)"

stop_reading
redis LPUSH sheepdog_run '{"time":"2026-11-22 09:50:00 -0600","elapsed":3,"user":null,
    "host":"penguin2","command":"borg  create","tag":null,"stdout":null,"stderr":"",
    "status":0,"err":"SUCCESS"}' >/dev/null
start_reading
check "after a restart only what is new comes" wait_until 20 has_stored 11
expect "an event without a tag has one of its command" "borg create" \
    "$(answer 'answer[0]["message"]["tag"]' list --host penguin2)"
expect "its time is the same moment" "2026-11-22T15:50:00.000Z" \
    "$(answer 'answer[0]["message"]["time"]' list --host penguin2)"

redis XADD sheepdog:messages '*' message '{"tag":"by-hand","status":1}' >/dev/null
check "a bark by redis-cli is stored" wait_until 20 has_stored 12
expect "what it leaves out is filled in" "outcome FAIL" \
    "$(answer 'answer[0]["message"]["kind"], answer[0]["message"]["err"]' \
        list --tag by-hand | tr -d "(),'")"
check "and it is taken away from the stream" \
    wait_until 20 sh -c "[ \"\$(redis-cli -p $redis_port XLEN sheepdog:messages)\" -eq 0 ]"

# ---- the other way ----
cat >"$work/client.conf" <<EOF
(queue (sheepdog-ruby "redis://127.0.0.1:$redis_port" "ours"))
(spool (folder "$work/spool"))
EOF
chmod 600 "$work/client.conf"
sheepdog run -c "$work/client.conf" --tag BAD -- sh -c 'echo oops >&2; exit 3' 2>/dev/null
sheepdog bark -c "$work/client.conf" --tag HOT --status warning '92 % full'
check "our messages are in the list" \
    wait_until 20 sh -c "[ \"\$(redis-cli -p $redis_port LLEN ours)\" -eq 2 ]"
if ruby -e 'require "redis"' 2>/dev/null; then
    # What its list prints of an event, and what it asks of the fields.
    ruby - "$redis_port" >"$work/printed" 2>&1 <<'EOF'
require 'json'
require 'redis'
require 'time'
Redis.new(port: ARGV[0].to_i).lrange('ours', 0, -1).sort.each do |text|
  event = JSON.parse(text)
  Time.parse(event['time'])
  minutes = format('%.2d', event['elapsed'] / 60)
  last = event['stderr'].split("\n").last
  puts [event['err'], event['status'], minutes, event['tag'], last].join(' ')
end
EOF
    expect "Ruby prints them" "FAIL 3 00 BAD oops
WARNING 1 00 HOT 92 % full" "$(sort "$work/printed")"
else
    echo "# skipped: ruby with its redis is not installed; nothing prints our events"
fi

# ---- secrets ----
stop_reading
sed "s|redis://127|redis://shepherd:hunter2@127|" "$conf" >"$work/secret.conf"
chmod 600 "$work/secret.conf"
start_server "$work/secret.conf" "$work/secret.log"
check "a login that fails is said" wait_until 20 grep -q WRONGPASS "$work/secret.log"
expect "and its password is not" 0 "$(grep -c hunter2 "$work/secret.log")"
finish
