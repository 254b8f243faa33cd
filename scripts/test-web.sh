#!/usr/bin/env bash
# Starts Herald with a fresh data directory on a free port, runs the browser tests against it, and stops it again,
# whatever happened.   scripts/test-web.sh BINARY
set -euo pipefail
herald=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
chmod 755 "$work" # root gives the cluster to another user, who must reach it through this directory
mkdir "$work/data"
server=

stop_server() {
    status=$?
    trap - EXIT INT TERM
    if [[ -n $server ]]; then
        kill -TERM "$server" 2>/dev/null || true
        for _ in {1..300}; do
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$server" 2>/dev/null || true
    fi
    if ((status != 0)); then
        echo "--- what Herald printed:" >&2
        tail -n 50 "$work/output" >&2 || true
    fi
    rm -rf "$work"
    exit "$status"
}
trap stop_server EXIT
trap 'exit 130' INT TERM

# The user's DATABASE_URL is left out: the test never writes into a database that it did not make.
env -u DATABASE_URL "$herald" serve --listen 127.0.0.1:0 --data-dir "$work/data" >"$work/output" 2>&1 &
server=$!

HERALD_URL=
for _ in {1..600}; do
    HERALD_URL=$(sed -n 's|.*listening on \(http://[0-9.]*:[0-9]*\).*|\1|p' "$work/output" | head -n 1)
    [[ -z $HERALD_URL ]] || break
    kill -0 "$server" 2>/dev/null || { echo "Herald ended before it listened" >&2; exit 1; }
    sleep 0.1
done
[[ -n $HERALD_URL ]] || { echo "Herald did not listen within a minute" >&2; exit 1; }
# It answers while its database is still being made; the page under test shows what is in the database.
for _ in {1..600}; do
    if curl --silent "$HERALD_URL/health" | grep -q '"status":"ok"'; then break; fi
    sleep 0.1
done
export HERALD_URL
echo "Herald serves the browser tests at $HERALD_URL"

cd tests/web
node --test
