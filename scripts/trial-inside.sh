#!/usr/bin/env bash
# What scripts/trial.sh runs inside the fresh system: the two commands of the README, with their times.
#   trial-inside.sh setup|all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
depth=$1
server=

seconds_since() { awk -v a="$1" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }'; }
report() { printf '%-58s %s\n' "$1" "$2"; }
fail() { echo "FAILED: $*"; exit 1; }
trap '[[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true' EXIT

# Prints the address once the output file $1 of process $2 names it.
address_in() {
    local url=
    until url=$(sed -n 's|.*listening on \(http://[0-9.]*:[0-9]*\).*|\1|p' "$1" | head -n 1) && [[ -n $url ]]; do
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.02
    done
    echo "$url"
}

# Asks for a card; prints the record state of the reply.
first_card() {
    curl --silent --show-error --fail --dump-header headers --output reply.json --header 'Content-Type: application/json' \
        --data @bench/patient_view.json "$1/cds-services/her2-chart-review"
    grep -q '"cards"' reply.json
    sed -n 's/^x-decision-record: *\([a-z]*\).*/\1/Ip' headers
}

stop_server() {
    kill -TERM "$server"
    wait "$server" || true
    server=
}

echo "who: $(id -un) · $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release) · $(nproc) cores · $(rustc --version)"
if ls /usr/lib/postgresql/*/bin/postgres 2>/dev/null; then fail "PostgreSQL is here already: the trial proves nothing"; fi

began=$(date +%s.%N)
scripts/setup.sh run test
report 'set-up, with the installation of PostgreSQL (s)' "$(seconds_since "$began")"
ls -d /usr/lib/postgresql/*/bin/postgres
if [[ -n $(ls -A /etc/postgresql 2>/dev/null || true) ]]; then fail 'a system cluster was made'; fi
if ps_list=$(cat /proc/[0-9]*/comm 2>/dev/null) && grep -q '^postgres$' <<<"$ps_list"; then fail 'a system cluster was started'; fi
if [[ -e /etc/postgresql-common/createcluster.d/herald-setup.conf ]]; then fail 'the set-up left its file behind'; fi
began=$(date +%s.%N)
scripts/setup.sh run test
report 'set-up, nothing to do (s)' "$(seconds_since "$began")"
[[ $depth == all ]] || exit 0

began=$(date +%s.%N)
HERALD_LISTEN=127.0.0.1:0 make run >run.log 2>&1 &
server=$!
url=$(address_in run.log "$server") || { cat run.log; fail 'make run did not serve'; }
report 'make run, cold, to the address (s)' "$(seconds_since "$began")"
report 'record state of the first card' "$(first_card "$url")"
until curl --silent "$url/health" | grep -q '"status":"ok"'; do sleep 0.1; done
report 'make run, cold, to the database (s)' "$(seconds_since "$began")"
tail -n 5 run.log
stop_server

began=$(date +%s.%N)
target/release/herald serve --listen 127.0.0.1:0 >second.log 2>&1 &
server=$!
url=$(address_in second.log "$server") || { cat second.log; fail 'the second start did not serve'; }
state=$(first_card "$url")
report "second start to the first card, $state (s)" "$(seconds_since "$began")"
stop_server

began=$(date +%s.%N)
make test
report 'make test, cold (s)' "$(seconds_since "$began")"
