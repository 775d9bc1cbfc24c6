#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# notify: one failure is told by every kind of notifier; those that are down are tried again;
# nothing is told twice when the server or a teller is killed; the configuration is changed;
# digests come.
. "$(dirname "$0")/lib.sh"
LC_ALL=C.UTF-8
export LC_ALL
mkdir -p "$work/web" "$work/rules" "$work/ran"
start_mail_server "$work/mail"
start_told_server "$work/web"
web=$told_url

# What is told goes into a file of its own; the arguments are no shell's.
cat >"$work/page" <<END
#!/bin/sh
cat >"$work/ran/part.\$\$" && printf '%s\n' "\$@" >"$work/ran/arguments" || exit 1
[ ! -e "$work/ran/refuse" ] || { echo 'no line is free' >&2; exit 7; }
mv "$work/ran/part.\$\$" "$work/ran/told.\$\$"
END
cat >"$work/services" <<END
#!/bin/sh
body=\$(/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["story"])') &&
    exec apprise -b "\$body" "\$1"
END
chmod 755 "$work/page" "$work/services"
names='chat filled pager phone team audit'
! command -v apprise >/dev/null || names="$names services"
for name in $names; do
    echo "route(host, tag, \"$name\") :- alert(host, tag, _, _), host != \"\"."
done >"$work/rules/ours.dl"

# configure [MORE]
configure() {
    cat >"$work/server.conf.new" <<END || exit 1
(store "$work/store.db") (rules "$work/rules") (log "$work/log") (flood 100)
(mailto "shepherd@example.org") (smtp (url "smtp://127.0.0.1:$mail_port"))
(notifier chat (webhook "$web/chat/secret"))
(notifier filled (webhook "$web/filled" (method "PUT") (header "X-Key: k3y")
  (template "{\"text\":\"{{headline}}|{{tag}}\",\"nr\":\"{{incident}}\"}")))
(notifier pager (exec "$work/page" "-v" "two words; \$(touch $work/oops)"))
(notifier services (exec "$work/services" "json://127.0.0.1:${web##*:}/services"))
(notifier phone (ntfy "$web/phone" (token "t0ken")))
(notifier team (email "a@example.org" "b@example.org"))
(notifier audit (log "$work/audit"))
${1:-}
END
    chmod 600 "$work/server.conf.new"
    mv "$work/server.conf.new" "$work/server.conf"
}

# bark TAG ERR
bark() {
    /usr/bin/python3 - "$1" "$2" >"$work/message" <<'END'
import json, sys
print(json.dumps({"kind": "outcome", "host": "penguin2", "tag": sys.argv[1],
                  "err": sys.argv[2], "stderr": 'he said "no" {{host}}\n'}))
END
    curl -sS -o /dev/null -H 'Content-Type: application/json' \
        --data-binary @"$work/message" "http://127.0.0.1:$port/v1/messages"
}

# kept NAME: how many requests came there
kept() {
    find "$work/web" -name "$1.*" ! -name 'part.*' ! -name 'refuse.*' | wc -l
}

has_kept() {
    [ "$(kept "$1")" -eq "$2" ]
}

# field FILE EXPRESSION: of the JSON that it holds behind its headers
field() {
    /usr/bin/python3 - "$1" "$2" <<'END'
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
told = json.loads(text.split("\n\n", 1)[1] if not text.startswith("{") else text)
print(eval(sys.argv[2]))
END
}

configure
start_server "$work/server.conf" "$work/server.log"
first_port=$port
tag='a"; {{host}} '"'"'$(x)'
bark "$tag" FAIL

check "a webhook is told" wait_until 30 has_kept chat 1
expect "with JSON that says what is wrong" "new fail penguin2 $tag" \
    "$(field "$work/web/chat.1" '"%(what)s %(severity)s %(host)s %(tag)s" % told')"
expect "and what was printed" 'he said "no" {{host}}' \
    "$(field "$work/web/chat.1" 'told["message"]["stderr"].strip()')"
check "a template is filled" wait_until 30 has_kept filled 1
expect "once, with what is JSON again" "FAIL penguin2 $tag|$tag" \
    "$(field "$work/web/filled.1" 'told["text"]')"
check "with its method" grep -qx PUT "$work/web/filled.1"
check "and its header" grep -qx 'X-Key: k3y' "$work/web/filled.1"
check "a program is told" wait_until 30 test -e "$work/ran/arguments"
check "to its end" wait_until 30 sh -c "ls '$work'/ran/told.*"
expect "on its standard input" "$tag" "$(field "$work"/ran/told.* 'told["tag"]')"
expect "with its arguments as they are" "-v
two words; \$(touch $work/oops)" "$(cat "$work/ran/arguments")"
check "and no shell saw them" test ! -e "$work/oops"
check "ntfy is told" wait_until 30 has_kept phone 1
check "with a title" grep -q '^Title: FAIL penguin2 a"; ' "$work/web/phone.1"
check "a priority" grep -qx 'Priority: high' "$work/web/phone.1"
check "and its token" grep -qx 'Authorization: Bearer t0ken' "$work/web/phone.1"
check "a log is told" wait_until 30 grep -q 'FAIL penguin2' "$work/audit"
check "each address is mailed, and the shepherd" \
    wait_until 30 sh -c "[ \$(find '$work/mail/new' -type f | wc -l) -eq 3 ]"
case $names in
*services*)
    check "apprise tells the services that it knows" wait_until 60 has_kept services 1
    check "the text of the mail" grep -q 'sheepdog why 1' "$work/web/services.1"
    ;;
*) echo "ok apprise is not here" ;;
esac

# What is down is tried again, and said.
echo 503 >"$work/web/refuse.chat"
echo 404 >"$work/web/refuse.phone"
: >"$work/ran/refuse"
bark other FAIL
check "a server that fails is said, and not the secret of its address" \
    wait_until 30 grep -q "outbox: chat: $web: answers 503: so; we keep trying" \
    "$work/server.log"
check "one that refuses for good is said so" \
    wait_until 30 grep -q 'outbox: phone: .* answers 404.*look at its settings' \
    "$work/server.log"
check "so is a program that fails, with what it says" \
    wait_until 30 grep -q 'outbox: pager: .*status 7.*no line is free' "$work/server.log"
check "none is named with its secret" sh -c "! grep -E 'secret|t0ken|k3y' '$work/server.log'"
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null
configure
start_server "$work/server.conf" "$work/server.log" --port "$first_port"
rm "$work/web/refuse.chat" "$work/web/refuse.phone" "$work/ran/refuse"
check "over a kill -9 the webhook is told when it is up" wait_until 60 has_kept chat 2
check "and ntfy" wait_until 60 has_kept phone 2
check "and the program" \
    wait_until 60 sh -c "[ \$(find '$work/ran' -name 'told.*' | wc -l) -eq 2 ]"
check "the others were, meanwhile" wait_until 60 has_kept filled 2

# A teller that is killed while nothing is told, and the server at the same time.
pgrep -P "$server_pid" -f 'notifier chat' >"$work/teller"
kill -9 "$(cat "$work/teller")"
bark other SUCCESS
check "a teller that was killed has a successor" wait_until 30 has_kept chat 3
expect "who tells what is over" over "$(field "$work/web/chat.3" 'told["what"]')"
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null

# Another notifier, and digests.
configure "(notifier late (webhook \"$web/late\"))"
start_server "$work/server.conf" "$work/server.log" --port "$first_port"
echo 'route(host, tag, "late") :- alert(host, tag, _, _), host != "".' >>"$work/rules/ours.dl"
check "what is named later has its teller, and is told what is still wrong" \
    wait_until 60 has_kept late 1
configure "(digest (at \"*:*:0/2\") (to \"late\" \"mailto\"))
(notifier late (webhook \"$web/late\"))"
kill -HUP "$server_pid"
check "a digest comes at its time" wait_until 60 sh -c "grep -l '\"what\":\"digest\"' '$work'/web/late.*"
check "and says what is wrong" grep -q 'digest: .*new' "$work/web/late.2"
configure "(notifier late (webhook \"$web/late\"))"
kill -HUP "$server_pid"

# What waits for one that is no longer named.
echo 503 >"$work/web/refuse.late"
bark last FAIL
check "what cannot be told by one waits" \
    wait_until 30 grep -q 'outbox: late: .* answers 503' "$work/server.log"
configure
sed -i '$d' "$work/rules/ours.dl"
kill -HUP "$server_pid"
check "until it is named no longer: then the shepherd is told" \
    wait_until 30 grep -rq 'This waited to be told by late' "$work/mail/new"
printf '(queue "http://127.0.0.1:%s")' "$port" >"$work/client.conf"
check "which can be seen" sh -c "sheepdog told -c '$work/client.conf' | grep 'given up'"
kill "$server_pid"
wait "$server_pid" 2>/dev/null
expect "nothing was told twice" "" "$(for file in "$work"/web/chat.* "$work"/web/late.*; do
    field "$file" '(told["notifier"], told["telling"])'
done | sort | uniq -d)"
expect "chat was told four things" 4 "$(kept chat)"
finish
