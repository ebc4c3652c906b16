#!/bin/sh
# Install the programs that tests and make bench use, of Debian's packages and npm's, where that is possible; tests skip by name what is not there.
set -eu
here=$(dirname "$0")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Programs of Debian's packages, as COMMAND:PACKAGE. sfeed fetches with curl, which its package only recommends.
# RUNLEVEL=1 below: what is installed is not started; nginx would take port 80.
debian="chromium:chromium newsboat:newsboat sfeed_update:sfeed curl:curl npm:npm nginx:nginx wrk:wrk faketime:faketime"

wanted=""
for tool in $debian; do
    command -v "${tool%%:*}" >/dev/null 2>&1 || wanted="$wanted ${tool##*:}"
done
if [ -n "$wanted" ]; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "not installed, tests that need it are skipped:$wanted"
    # shellcheck disable=SC2086  # a list of names
    elif ! { apt-get update && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends $wanted; } >"$log" 2>&1; then
        echo "could not install, tests that need it are skipped:$wanted"
        tail -n 5 "$log"
    fi
fi

# The packages that tests/npm/package.json names with their versions, once for each version of that file.
if command -v npm >/dev/null 2>&1 && ! cmp -s "$here/npm/package.json" "$here/npm/node_modules/installed.json"; then
    if npm install --prefix "$here/npm" --no-package-lock --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
        cp "$here/npm/package.json" "$here/npm/node_modules/installed.json"
    else
        echo "could not install, tests that need it are skipped: the packages of tests/npm/package.json"
        tail -n 5 "$log"
    fi
fi
