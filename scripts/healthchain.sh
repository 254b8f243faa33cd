#!/usr/bin/env bash
# What HealthChain's models of CDS Hooks say to our replies: keeps the replies of the tests of the interface, starts the
# service for its discovery document, and prints a report. Nothing depends on it.
#
#   scripts/healthchain.sh HERALD    the binary to serve with
set -euo pipefail
herald=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/serving.sh
. scripts/serving.sh
work=$(mktemp -d)
trap 'kill "${service:-}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

mkdir "$work/replies"
HERALD_KEEP_REPLIES=$work/replies cargo test --quiet --locked --test api -- replies:: orders:: noise::

serving "$herald" "$work"
tests/conformance/healthchain/.venv/bin/python tests/conformance/healthchain/report.py "$work/replies" "$address"
