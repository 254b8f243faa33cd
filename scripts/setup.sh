#!/bin/sh
# Prepares this machine for one or more make targets; does nothing, quickly, when all is there.
#
#   scripts/setup.sh run|test|check|web|conformance|healthchain|fhir-server|supply-chain|bench|bench-outage|chaos|chaos-smoke|mutants ...
#
# run, test   a Rust toolchain (looked for, never installed), a C compiler, PostgreSQL's server binaries
# check       also the linter for shell scripts
# web         also Chromium, Node.js and the packages of tests/web
# conformance also Python and the engines that judge the replies
# healthchain also Python and HealthChain
# fhir-server also Java 17 and Maven
# supply-chain Python, for the linter of dependencies
# chaos-smoke also Python
# chaos       also Python, HAProxy, PgBouncer, Patroni and etcd
# bench-outage also wrk, taskset and Python
# bench       also wrk, taskset, Python, Node.js and the two peers of the benchmark
# mutants     a toolchain, a C compiler and Python; no PostgreSQL
#
# On Debian and Ubuntu the missing packages are installed, as root or with sudo; elsewhere the script says what is
# missing. It asks nothing (sudo may ask for a password, at a terminal only). Herald starts a private PostgreSQL of its
# own, so the cluster that Debian's package would make and start is held back.
set -eu

oldest_postgres=15
project=$(cd "$(dirname "$0")/.." && pwd)
packages=

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
need() { packages="$packages $*"; }

# ---- PostgreSQL -----------------------------------------------------------------------------------------------------

# The major version of the server binaries in directory $1; nothing if they are not there or not complete.
major_version() {
    [ -x "$1/postgres" ] && [ -x "$1/initdb" ] || return 0
    "$1/postgres" --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p'
}

recent() {
    version=$(major_version "$1")
    [ -n "$version" ] && [ "$version" -ge "$oldest_postgres" ]
}

# Looks where the service looks. Debian's directories come first here: they are the quickest to prove.
postgres_found() {
    if [ -n "${HERALD_PG_BIN:-}" ]; then
        recent "$HERALD_PG_BIN" && return 0
        stop "HERALD_PG_BIN=$HERALD_PG_BIN holds no PostgreSQL server $oldest_postgres or newer"
    fi
    for bin in /usr/lib/postgresql/*/bin; do
        name=${bin%/bin}
        name=${name##*/}
        case $name in *[!0-9]*) continue ;; esac
        if [ "$name" -ge "$oldest_postgres" ] && [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ]; then return 0; fi
    done
    if have pg_config && recent "$(pg_config --bindir)"; then return 0; fi
    for bin in /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
        /opt/homebrew/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
        if recent "$bin"; then return 0; fi
    done
    have postgres && recent "$(dirname "$(command -v postgres)")"
}

# The newest server package that this machine's archives offer.
newest_postgres_package() {
    apt-cache search --names-only '^postgresql-[0-9]+$' | sed -n 's/^postgresql-\([0-9]*\) .*/\1/p' | sort -n | tail -n 1
}

# ---- Debian's packages ----------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@"; }

# Debian's PostgreSQL package makes a cluster named "main" and starts it. This file forbids that while we install, and
# is removed afterwards: what the owner of the machine installs later behaves as ever.
no_main_cluster=/etc/postgresql-common/createcluster.d/herald-setup.conf

hold_back_main_cluster() {
    as_root mkdir -p "${no_main_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_main_cluster" >/dev/null
    until_exit "$no_main_cluster"
}

# The packages of servers start them as services of this machine; the tests start their own. Debian asks this file first.
no_services=/usr/sbin/policy-rc.d

hold_back_services() {
    [ ! -e "$no_services" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$no_services" >/dev/null
    as_root chmod 755 "$no_services"
    until_exit "$no_services"
}

held_back=
until_exit() {
    held_back="$held_back $1"
    # shellcheck disable=SC2086 # a list of files without blanks in their names
    trap 'as_root rm -f $held_back' EXIT
    trap 'exit 1' INT TERM
}

install_packages() {
    wanted=$packages
    case $packages in *postgresql*) what="PostgreSQL's server binaries (no system cluster is made or started)" ;; *) what= ;; esac
    have apt-get || missing_elsewhere
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || stop "missing:$wanted. Neither root nor sudo here: ask an administrator to install these packages"
        say "installing with sudo:$wanted${what:+ - $what}"
    else
        say "installing:$wanted${what:+ - $what}"
    fi
    log=$(mktemp)
    apt update >"$log" 2>&1 || say "the lists of packages could not all be renewed; going on with what is known"
    case $packages in *postgresql*)
        newest=$(newest_postgres_package)
        if [ "${newest:-0}" -lt "$oldest_postgres" ]; then
            stop "this system's archives offer PostgreSQL ${newest:-none}, needed is $oldest_postgres or newer: add the" \
                "PostgreSQL project's own packages, or set HERALD_PG_BIN or DATABASE_URL"
        fi
        wanted=$(echo "$wanted" | sed "s/postgresql/postgresql-$newest/")
        hold_back_main_cluster
        ;;
    esac
    case $packages in *haproxy* | *pgbouncer* | *patroni* | *etcd*) hold_back_services ;; esac
    # shellcheck disable=SC2086 # a list of package names
    apt install --no-install-recommends $wanted >"$log" 2>&1 </dev/null || { cat "$log" >&2; stop "apt-get install failed"; }
    rm -f "$log"
    say "installed:$wanted"
}

missing_elsewhere() {
    if [ "$(uname -s)" = Darwin ]; then
        # shellcheck disable=SC2086 # squeezes the blanks
        formulae=$(echo $packages | sed -e 's/postgresql/postgresql@17/' -e 's/nodejs/node/' -e 's/npm//' \
            -e 's/gcc libc6-dev//' -e 's/python3-venv//' -e 's/default-jdk-headless/openjdk@17/' -e 's/python3/python@3.12/' -e 's/util-linux//' | xargs)
        case $packages in *gcc*) say "no C compiler: run  xcode-select --install" ;; esac
        case $packages in *util-linux*) say "the benchmark pins processes with Linux's taskset and runs on Linux only" ;; esac
        stop "something is missing${formulae:+; run  brew install $formulae}"
    fi
    stop "missing (names of Debian's packages):$packages. Install them with this system's package manager;" \
        "PostgreSQL must be $oldest_postgres or newer (HERALD_PG_BIN names its bin directory)"
}

# ---- what each target needs -----------------------------------------------------------------------------------------

need_node() {
    have node || need nodejs
    have npm || need npm
}

need_python() {
    have python3 || need python3
    python3 -c 'import ensurepip' 2>/dev/null || need python3-venv
}

[ $# -gt 0 ] || stop "say what for: run, test, check, web, conformance, healthchain, fhir-server, supply-chain, bench, bench-outage, chaos, chaos-smoke, mutants"

if ! have cargo; then
    [ -z "${SUDO_USER:-}" ] || say "under sudo your own toolchain is out of sight: run make without sudo, it asks for what it needs"
    stop "no cargo on the PATH: install a Rust toolchain first (1.94 or newer)"
fi
have cc || need gcc libc6-dev
for purpose in "$@"; do
    case $purpose in
        run) [ -n "${DATABASE_URL:-}" ] || postgres_found || need postgresql ;;
        test) postgres_found || need postgresql ;;
        check)
            for tool in cargo-fmt cargo-clippy; do
                have $tool || stop "no $tool: run  rustup component add rustfmt clippy"
            done
            have shellcheck || need shellcheck
            ;;
        web)
            postgres_found || need postgresql
            have chromium || [ "$(uname -s)" = Darwin ] || need chromium
            need_node
            ;;
        conformance | healthchain)
            postgres_found || need postgresql
            need_python
            ;;
        fhir-server)
            have javac || need default-jdk-headless
            have mvn || need maven
            ;;
        supply-chain) need_python ;;
        chaos-smoke)
            postgres_found || need postgresql
            have python3 || need python3
            ;;
        chaos)
            postgres_found || need postgresql
            have python3 || need python3
            for server in haproxy pgbouncer; do
                [ -x /usr/sbin/$server ] || have $server || need $server
            done
            have patroni || need patroni
            have etcd || need etcd-server
            ;;
        bench-outage)
            postgres_found || need postgresql
            have wrk || need wrk
            have taskset || need util-linux
            have python3 || need python3
            ;;
        bench)
            postgres_found || need postgresql
            have wrk || need wrk
            have taskset || need util-linux
            need_python
            need_node
            ;;
        mutants) need_python ;;
        *) stop "unknown purpose: $purpose" ;;
    esac
done
packages=$(echo "$packages" | awk '{ for (i = 1; i <= NF; i++) if (!seen[$i]++) printf " %s", $i }')
[ -z "$packages" ] || install_packages

# ---- packages of npm and PyPI, by name and pinned -------------------------------------------------------------------

# The packages of requirements.txt in folder $1, in an environment of that folder's own.
python_packages() {
    ! cmp -s "$1/requirements.txt" "$1/.venv/installed" || return 0
    say "installing the packages of ${1#"$project"/}"
    rm -rf "$1/.venv"
    python3 -m venv "$1/.venv"
    "$1/.venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$1/requirements.txt"
    cp "$1/requirements.txt" "$1/.venv/installed"
}

for purpose in "$@"; do
    case $purpose in
        web)
            if ! cmp -s "$project/tests/web/package-lock.json" "$project/tests/web/node_modules/.herald-lock"; then
                say "installing the packages of tests/web"
                (cd "$project/tests/web" && npm ci --silent --no-audit --no-fund &&
                mkdir -p node_modules && cp package-lock.json node_modules/.herald-lock)
            fi
            ;;
        conformance) python_packages "$project/tests/conformance" ;;
        healthchain) python_packages "$project/tests/conformance/healthchain" ;;
        bench) "$project/bench/peers/setup.sh" ;;
    esac
done
