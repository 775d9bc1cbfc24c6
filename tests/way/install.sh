#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# install: what `make install` lays out works from where it was put.
. "$(dirname "$0")/lib.sh"
source=$(cd "$way/../.." && pwd)

check "make install" \
    make -C "$source" BUILD="$BUILD" DESTDIR="$work/root" PREFIX=/usr install
bin=$work/root/usr/bin
check "sheepdog is there" "$bin/sheepdog" --version
check "the queue daemon is there" "$bin/sheepdog-queue-daemon" --version
check "the daemon is there" "$bin/sheepdog-daemon" --version
check "the handler is there" "$bin/sheepdog-handler" --version
check "every program has a man page" sh -c '
    for page in sheepdog.1 sheepdog-queue-daemon.8 sheepdog-handler.8 sheepdog-deliver.8 \
        sheepdog-daemon.8 sheepdog.conf.5; do
        test -f "$1/usr/share/man/man${page##*.}/$page" || exit 1
    done' - "$work/root"

cat >"$work/server.conf" <<CONF
(store "$work/sheepdog.db")
CONF
start_server "$work/server.conf" "$work/server.log"
echo "(port $port)" >"$work/client.conf"
(
    PATH=/usr/bin:/bin
    "$bin/sheepdog" -c "$work/client.conf" --tag wool -e 'exit 3'
)
expect "the installed sheepdog watches" 3 $?
(cd "$work" && PATH=/usr/bin:/bin && "$bin/sheepdog" plugin new fresh >/dev/null)
chmod go-w "$work"
check "it writes a plugin that is good" "$bin/sheepdog" plugin test "$work/fresh"
check "and brings some" sh -c "'$bin/sheepdog' plugin list -c '$work/client.conf' |
    grep -q '/share/sheepdog/plugins/reboot-required'"
check "rules come along" sh -c "'$bin/sheepdog' ask -c '$work/client.conf' 'low_ram(host)'"
check "delivers, and lists" sh -c "'$bin/sheepdog' list -c '$work/client.conf' | grep -q wool"
finish
