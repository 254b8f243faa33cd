#!/bin/sh
# Installs the two peers of the benchmark beside this script, from PyPI and npm, by name and pinned.
set -eu
cd "$(dirname "$0")"

if ! cmp -s requirements.txt .venv/installed; then
    echo "setup: installing HealthChain into bench/peers/.venv" >&2
    rm -rf .venv
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
    cp requirements.txt .venv/installed
fi
if ! cmp -s package-lock.json node_modules/installed; then
    echo "setup: installing fastify into bench/peers/node_modules" >&2
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/installed
fi
