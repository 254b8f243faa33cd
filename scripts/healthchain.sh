#!/usr/bin/env bash
# What HealthChain's models of CDS Hooks say to our replies: keeps the replies of the tests of the interface, starts the
# service for its discovery document, and prints a report. Nothing depends on it.
#
#   scripts/healthchain.sh HERALD    the binary to serve with
set -euo pipefail
herald=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'kill "${service:-}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

mkdir "$work/replies"
HERALD_KEEP_REPLIES=$work/replies cargo test --quiet --locked --test api -- replies:: orders:: noise::

"$herald" serve --listen 127.0.0.1:0 --data-dir "$work/data" >"$work/serve" 2>&1 &
service=$!
for _ in $(seq 100); do
    address=$(sed -n 's|^listening on \(http://.*\)$|\1|p' "$work/serve")
    [ -z "$address" ] || break
    sleep 0.1
done
[ -n "$address" ] || { cat "$work/serve" >&2; exit 1; }
tests/conformance/healthchain/.venv/bin/python tests/conformance/healthchain/report.py "$work/replies" "$address"
