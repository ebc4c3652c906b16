#!/bin/sh
# Install the programs of Debian's packages that tests use, where that is possible; tests skip by name what is not there.
set -eu
wanted=""
for tool in newsboat; do
    command -v "$tool" >/dev/null 2>&1 || wanted="$wanted $tool"
done
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "not installed, tests that need it are skipped:$wanted"
    exit 0
fi
log=$(mktemp)
# shellcheck disable=SC2086  # a list of names
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1; then
    echo "could not install, tests that need it are skipped:$wanted"
    tail -n 5 "$log"
fi
rm -f "$log"
