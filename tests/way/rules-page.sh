#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sheepdog-rules(7): its examples do what their tests say, and it names every relation of
# the rules about alerts.
. "$(dirname "$0")/lib.sh"
root=$(cd "$way/../.." && pwd)
page=$root/doc/sheepdog-rules.7
LC_ALL=C.UTF-8
export LC_ALL TMPDIR="$work"
cd "$work" || exit 1

for name in $(sed -n 's/^\.decl \([a-z_]*\)(.*/\1/p' "$root/etc/rules/alerts.dl" \
    "$root/etc/rules/telling.dl"); do
    check "the page says what $name is" grep -q "^\.It Ic $name (" "$page"
done

# Cuts the page into N/rules/own.dl and N/N.test, as the comment at its top says.
awk '
/^\.\\" rules$/ { number++; folder = number "/rules"; system("mkdir -p " folder)
    file = folder "/own.dl" }
/^\.\\" test$/ { file = number "/" ++tests ".test" }
/^\.Ed$/ { file = "" }
/^\.Bd/ || /^\.\\"/ { next }
file { sub(/^\\&/, ""); print >file }' "$page"
check "the page has examples" test -s 3/3.test
for test in [0-9]/*.test; do
    check "example ${test%%/*} does what its test says" timeout 60 sheepdog test "$test"
done
finish
