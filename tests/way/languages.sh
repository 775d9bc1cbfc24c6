#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# languages: a new plugin in each language, from its file to `sheepdog facts` and `sheepdog
# status`, and what its receiver said in the store; a plugin of two lines of shell; and the
# receiver of plugins/nginx, which keeps a relation.
. "$(dirname "$0")/lib.sh"
umask 022
chmod 755 "$work"
mkdir "$work/plugins" "$work/letters" "$work/store"
touch "$work/letters/one" "$work/letters/two" "$work/letters/three"
cd "$work/plugins" || exit 1

# ---- their files
languages='sh python guile c'
for language in $languages; do
    check "$language: a new one" sheepdog plugin new "my-$language" --language "$language"
done
check "c: it is built as it says" cc -O2 -Wall -o my-c my-c.c
rm my-c.c
cat >two-lines <<'END'
#!/bin/sh
[ -e /nonexistent ] && echo "warning it is there" || echo ok
END
cp "$way/../../plugins/nginx" nginx
chmod 755 two-lines nginx

# ---- the server and the daemon
echo "(store \"$work/store/db\") (plugins \"$work/plugins\") (user \"$(id -un)\")" >"$work/server.conf"
start_server "$work/server.conf" "$work/log"
for name in my-sh my-python my-guile my-c nginx; do
    check "$name: the server has its receiver" wait_until 30 \
        grep -q "receiver: $name: it gets its messages" "$work/log"
done
{
    echo "(port $port) (beat \"1s\") (plugins \"$work/plugins\")"
    sheepdog monitors --json | /usr/bin/python3 -c 'import json, sys
for monitor in json.load(sys.stdin)["monitors"]:
    if monitor["default"]: print("(monitor %s off)" % monitor["name"])'
    for language in $languages; do
        echo "(monitor my-$language (every \"2s\") (folder \"$work/letters\") (warn 3))"
    done
    echo '(monitor two-lines (every "1s")) (monitor nginx (every "2s") (config "/none"))'
} >"$work/daemon.conf"
check "the daemon's configuration is good" sheepdog-daemon -c "$work/daemon.conf" --check
sheepdog-daemon -c "$work/daemon.conf" 2>"$work/daemon.log" &
pids="$pids $!"
printf '(port %s)' "$port" >"$work/client.conf"
export SHEEPDOG_CONF="$work/client.conf"

# shows WANTED COMMAND…: it prints that, blanks squeezed
shows() {
    wanted=$1
    shift
    "$@" | tr -s ' ' | grep -qF -- "$wanted"
}
# has_note TAG TEXT: a receiver said that, once
has_note() {
    [ "$(sqlite3 -readonly "$work/store/db" "SELECT count(*) FROM message m JOIN tag t
        ON t.number = m.tag WHERE t.tag = '$1' AND last_word LIKE '$2%'")" -eq 1 ]
}

for language in $languages; do
    check "$language: its state is seen" wait_until 20 \
        shows "my-$language" sheepdog status
    check "$language: its fact is seen" wait_until 20 \
        shows "$work/letters 3" sheepdog facts "my_${language}_waiting"
    check "$language: its reading is seen" wait_until 20 \
        shows "my-$language.files" sheepdog readings "$(hostname)"
done
for language in sh python guile; do
    check "$language: its receiver was heard" wait_until 30 \
        has_note "my-$language" "too much waits: 3 files"
done
check "c: its receiver was heard" wait_until 30 \
    has_note my-c "it waits too long on this machine"
check "two lines of shell are seen" wait_until 30 shows two-lines sheepdog status
check "nginx: its receiver keeps the trouble" wait_until 20 \
    shows "its configuration is wrong" sheepdog facts nginx_trouble
finish
