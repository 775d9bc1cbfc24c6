#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual says everything: each setting is in sheepdog.conf(5), each option of the server's
# programs in its page, the examples are good configurations, and the pages are well formed.
. "$(dirname "$0")/lib.sh"
root=$(cd "$(dirname "$0")/../.." && pwd)
page=$root/doc/sheepdog.conf.5

# The rows of config_settings: {NULL, "host", …  or  {"smtp", "url", …
settings=$(sed -n '/^const struct config_setting config_settings/,/^};/s/^    {\(NULL\|"[a-z-]*"\), "\([a-z-]*\)".*/\1 \2/p' \
    "$root/src/config/settings.c" | tr -d '"')
check "there are settings to look for" test "$(echo "$settings" | wc -l)" -ge 15

while read -r section name; do
    check "sheepdog.conf(5) explains $name" \
        grep -qE "^\.It Ic (\( $section \( )?$name( |\$)" "$page"
    [ "$section" = NULL ] ||
        check "sheepdog.conf(5) says that $name stands within $section" \
            grep -qE "\($section |\( $section " "$page"
done <<ROWS
$settings
ROWS

# The rows of each monitor's table: {"warn", SETTING_PERCENT, "90%", …
for source in $(grep -l '^const struct monitor monitor_' "$root"/src/monitor/*.c); do
    monitor=$(sed -n 's/^    \.name = "\(.*\)",$/\1/p' "$source")
    section=$(sed -n "/^\.Ss $monitor\$/,/^\.S[sh] /p" "$root/doc/sheepdog-monitors.7")
    check "sheepdog-monitors(7) has the monitor $monitor" test -n "$section"
    for setting in $(sed -n 's/^    {"\([a-z-]*\)", *SETTING_.*/\1/p' "$source"); do
        check "sheepdog-monitors(7) explains $setting of $monitor" \
            sh -c 'echo "$1" | grep -qE "^\.It Ic $2( |\$)"' - "$section" "$setting"
    done
done

"$root/tools/relations-page" >"$work/relations.7"
check "sheepdog-relations(7) is made of what relations.sql says" \
    cmp "$work/relations.7" "$root/doc/sheepdog-relations.7"

for program in sheepdog-queue-daemon sheepdog-handler sheepdog-daemon; do
    for option in $($program --help | grep -o -- ' --[a-z]*'); do
        check "$program(8) explains $option" \
            grep -qE "^\.It Fl (c , )?-${option#--}" "$root/doc/$program.8"
    done
done

for example in sheepdog.conf server.conf handler.conf; do
    cp "$root/etc/$example" "$work/$example"
    chmod 600 "$work/$example"
    check "etc/$example is a good configuration" \
        sheepdog-queue-daemon -c "$work/$example" --check
done

# Users of the example need what it names, but to read it nothing besides sheepdog.
cp "$root/etc/daemon.conf" "$work/daemon.conf"
chmod 600 "$work/daemon.conf"
check "etc/daemon.conf is a good configuration" \
    sheepdog-daemon -c "$work/daemon.conf" --check

if command -v mandoc >/dev/null; then
    for manual in "$root"/doc/*.[1578]; do
        check "$(basename "$manual") is well formed" \
            mandoc -Tlint -W warning "$manual"
    done
else
    echo "# skipped: mandoc is not installed; the form of the pages is not checked"
fi
finish
