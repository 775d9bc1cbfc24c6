#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The plugins that come along, each beside the real program that it watches: well, brought
# into trouble, and well again; and their own tests.
. "$(dirname "$0")/lib.sh"
plugins=$(cd "$way/../../plugins" && pwd)
SHEEPDOG_SDK=$(cd "$way/../../sdk" && pwd)
export SHEEPDOG_SDK PYTHONPATH="$SHEEPDOG_SDK/python" PYTHONDONTWRITEBYTECODE=1
export GUILE_LOAD_PATH="$SHEEPDOG_SDK/guile" GUILE_AUTO_COMPILE=0
cd "$work" || exit 1

free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# look NAME [JSON]: what one look of it says
look() { printf '%s' "${2:-}" | "$plugins/$1" monitor; }

for plugin in "$plugins"/*; do
    name=$(basename "$plugin")
    check "$name: its own tests hold" timeout 60 "$plugin" test
done

# ---- reboot-required, updates ----
SHEEPDOG_FILE=$work/required
export SHEEPDOG_FILE
expect "reboot-required: nothing is" '(ok "no reboot is required")' "$(look reboot-required)"
touch required
expect "reboot-required: something is" '(warning "reboot required")' "$(look reboot-required)"
SHEEPDOG_WARN=0 SHEEPDOG_FAIL=0 SHEEPDOG_AGE=1
export SHEEPDOG_WARN SHEEPDOG_FAIL SHEEPDOG_AGE
check "updates: this machine can be asked" sh -c '"$1" monitor | grep -qE "^.(ok|unknown) "' - \
    "$plugins/updates"

# ---- nginx ----
nginx_port=$(free_port)
mkdir -p nginx
cat >nginx/nginx.conf <<END
daemon off; pid $work/nginx/pid; error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path $work/nginx/a; proxy_temp_path $work/nginx/b;
    fastcgi_temp_path $work/nginx/c; uwsgi_temp_path $work/nginx/d; scgi_temp_path $work/nginx/e;
    server {
        listen 127.0.0.1:$nginx_port;
        server_name example.org www.example.org;
        location /status { stub_status; }
    }
}
END
settings=$(printf '{"config":"%s/nginx/nginx.conf","status":"http://127.0.0.1:%s/status"}' \
    "$work" "$nginx_port")
nginx -c "$work/nginx/nginx.conf" 2>nginx/log &
nginx_pid=$!
pids="$pids $nginx_pid"
wait_until 20 sh -c "$plugins/nginx monitor <<'END' | grep -q '\"ok\"'
$settings
END"
look nginx "$settings" >said
version=$(nginx -v 2>&1 | sed 's,.*nginx/\([^ ]*\).*,\1,')
check "nginx: its version" grep -qF "{\"facts\": \"nginx\", \"rows\": [[\"$version\"]]}" said
check "nginx: its sites" grep -qF \
    "[[\"example.org\", \"127.0.0.1:$nginx_port\", false], [\"www.example.org\", \"127.0.0.1:$nginx_port\", false]]" said
check "nginx: its connections" grep -qF '"reading": "connections", "value": 1' said
check "nginx: it is well" grep -qF '"state": "ok"' said
kill "$nginx_pid"
wait "$nginx_pid"
check "nginx: it is gone" sh -c 'printf "%s" "$1" | "$2" monitor | grep -qF "\"fail\""' - \
    "$settings" "$plugins/nginx"
echo 'nonsense' >>nginx/nginx.conf
look nginx "$settings" >said
check "nginx: its configuration is wrong" grep -qF 'its configuration is wrong' said

# ---- fail2ban ----
mkdir -p fail2ban/action.d fail2ban/filter.d
cat >fail2ban/fail2ban.conf <<END
[Definition]
loglevel = INFO
logtarget = $work/fail2ban/log
syslogsocket = auto
socket = $work/fail2ban/sock
pidfile = $work/fail2ban/pid
dbfile = None
dbmaxmatches = 10
dbpurgeage = 1d
END
printf '[Definition]\nfailregex = refused <HOST>$\n' >fail2ban/filter.d/door.conf
printf '[DEFAULT]\nbantime = 600\n[door]\nenabled = true\nbackend = polling\nfilter = door\nlogpath = %s/door.log\n' \
    "$work" >fail2ban/jail.conf
: >door.log
fail2ban-server -f -c "$work/fail2ban" -s "$work/fail2ban/sock" -p "$work/fail2ban/pid" \
    start >fail2ban/out 2>&1 &
fail2ban_pid=$!
pids="$pids $fail2ban_pid"
SHEEPDOG_SOCKET=$work/fail2ban/sock SHEEPDOG_WARN=2
export SHEEPDOG_SOCKET SHEEPDOG_WARN
wait_until 30 sh -c "$plugins/fail2ban monitor | grep -qF '(facts jail (\"door\"))'"
expect "fail2ban: nobody is banned" '(ok "0 addresses are banned in 1 jails")' \
    "$(look fail2ban | tail -n 1)"
fail2ban-client -s "$work/fail2ban/sock" set door banip 192.0.2.1 192.0.2.2 >/dev/null
wait_until 20 sh -c "$plugins/fail2ban monitor | grep -q '^(warning'"
look fail2ban >said
check "fail2ban: who is banned" grep -qxE \
    '\(facts banned \("door" "192.0.2.[12]"\) \("door" "192.0.2.[12]"\)\)' said
check "fail2ban: many are" grep -q '^(warning "2 addresses are banned in 1 jails' said
fail2ban-client -s "$work/fail2ban/sock" stop >/dev/null
wait "$fail2ban_pid"
check "fail2ban: it is gone" sh -c '"$1" monitor | grep -q "^(fail "' - "$plugins/fail2ban"

# ---- postgres ----
postgres_bin=$(find /usr/lib/postgresql -name initdb | sort -V | tail -n 1 | xargs dirname)
as_postgres=
mkdir -p postgres
if [ "$(id -u)" -eq 0 ]; then
    as_postgres='runuser -u postgres --'
    chown postgres postgres
    chmod go+x "$work"
fi
# shellcheck disable=SC2086 # a list of words
(
    $as_postgres "$postgres_bin/initdb" -D "$work/postgres/data" -A trust -U postgres --no-sync >/dev/null
    exec $as_postgres "$postgres_bin/postgres" -D "$work/postgres/data" -k "$work/postgres" \
        -c listen_addresses= -c max_connections=20 2>postgres.log
) &
postgres_pid=$!
pids="$pids $postgres_pid"
settings=$(printf '{"database":"host=%s/postgres user=postgres dbname=postgres","transaction":0.5}' "$work")
wait_until 60 sh -c "$plugins/postgres monitor <<'END' | grep -q '\"state\": \"ok\"'
$settings
END"
look postgres "$settings" >said
check "postgres: its version" grep -qE '"facts": "postgres", "rows": \[\["1[0-9]' said
check "postgres: its databases" grep -qF '"facts": "postgres_database", "rows": [["postgres", ' said
check "postgres: its connections" grep -qF '1 of 20 connections in use' said
mkfifo ask
psql -h "$work/postgres" -U postgres -Xq postgres <ask >asked 2>&1 &
asking=$!
pids="$pids $asking"
exec 3>ask
echo 'BEGIN; SELECT 1;' >&3
wait_until 20 sh -c "$plugins/postgres monitor <<'END' | grep -q 'oldest transaction'
$settings
END"
check "postgres: a transaction stays open" sh -c \
    'printf "%s" "$1" | "$2" monitor | grep -q "\"warning\".*oldest transaction"' - \
    "$settings" "$plugins/postgres"
echo 'COMMIT;' >&3
exec 3>&-
wait "$asking"
pkill -INT -P "$postgres_pid" -x postgres 2>/dev/null || kill -INT "$postgres_pid"
wait "$postgres_pid"
check "postgres: it is gone" sh -c \
    'printf "%s" "$1" | "$2" monitor | grep -q "\"fail\".*does not answer"' - \
    "$settings" "$plugins/postgres"

# ---- borg ----
export BORG_BASE_DIR="$work/borg"
mkdir -p borg data
echo something >data/file
borg init -e none "$work/repository" >/dev/null 2>&1
ages='"warn":93600,"fail":180000,"lock":43200'
settings=$(printf '{"repository":"%s/repository",%s}' "$work" "$ages")
check "borg: a repository without an archive" sh -c \
    'printf "%s" "$1" | "$2" monitor | grep -qF "(fail \"the repository has no archive\")"' - \
    "$settings" "$plugins/borg"
borg create --timestamp "$(date -u -d '3 days ago' +%Y-%m-%dT%H:%M:%S)" \
    "$work/repository::old" data
check "borg: an old archive" sh -c 'printf "%s" "$1" | "$2" monitor | grep -q "^(fail \"old is 3 d old"' - \
    "$settings" "$plugins/borg"
borg create "$work/repository::new" data
look borg "$settings" >said
check "borg: a new archive" grep -q '^(ok "new is 0 min old")' said
check "borg: it is a fact" grep -qE "^\\(fact \"borg\" \"$work/repository\" \"new\" \"[0-9T:-]*Z\"\\)" said
check "borg: its size" grep -qE '^\(reading "size" [1-9][0-9]* "B"\)' said
check "borg: it is not locked" grep -qxF '(ok "not locked" (part "lock"))' said
mkdir repository/lock.exclusive
touch -d '13 hours ago' repository/lock.exclusive
look borg "$settings" >said
check "borg: it is locked for long" grep -q '^(warning "locked for 13 h, warning from 12 h" (part "lock"))' said
check "borg: and is looked at all the same" grep -q '^(ok "new is' said
check "borg: a repository that is not there" sh -c \
    'echo "{\"repository\":\"/nonexistent\",$1}" | "$2" monitor | grep -q "^(fail "' - \
    "$ages" "$plugins/borg"

finish
