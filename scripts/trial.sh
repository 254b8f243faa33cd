#!/usr/bin/env bash
# Proves the promise of the README: on a fresh Debian with git, make, curl and a Rust toolchain, `make run` and
# `make test` need nothing else, as root and as an ordinary user with sudo. Not part of CI: it takes half an hour.
#
#   scripts/trial.sh DIR [setup|all] [root|user|both]
#
# DIR       where the minimal systems are made (several GB, kept afterwards; DIR/base is used again by the next trial)
# setup     only scripts/setup.sh; all (default): make run, a request, a second start, make test
#
# Run as root; needs debootstrap. The last commit is tried, not the work tree. How this machine reaches its package
# archives and registries (apt's sources, certificates, variables) is passed on to the trial.
set -euo pipefail

place=$(mkdir -p "${1:?name a directory}" && realpath "$1")
depth=${2:-all}
case ${3:-both} in
    both) people=(root user) ;;
    root | user) people=("$3") ;;
    *) echo "third argument: root, user or both" >&2; exit 2 ;;
esac
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
suite=${TRIAL_SUITE:-bookworm}
[[ $(id -u) -eq 0 ]] || { echo "the trial makes a root file system: run it as root" >&2; exit 2; }

say() { printf '\ntrial: %s\n' "$*"; }

make_base() {
    [[ ! -e $place/base.done ]] || return 0
    say "making a minimal Debian ($suite)"
    rm -rf "$place/base"
    debootstrap --variant=minbase --include=ca-certificates,curl,git,make,sudo "$suite" "$place/base" >"$place/base.log"
    touch "$place/base.done"
}

# apt's sources and keys, the certificates that this machine trusts, names of hosts.
pass_on_network() {
    local root=$1 file
    rm -f "$root/etc/apt/sources.list"
    cp -a /etc/apt/sources.list* /etc/apt/trusted.gpg* /etc/apt/auth.conf.d "$root/etc/apt/" 2>/dev/null || true
    for file in /etc/apt/apt.conf.d/*; do
        if grep -q '^Acquire' "$file"; then cp "$file" "$root/etc/apt/apt.conf.d/"; fi
    done
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
}

passed_on_variables() {
    env | grep -E '^((http|https|no|all)_proxy|(HTTP|HTTPS|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|GIT_SSL_CAINFO|CARGO_(HTTP|NET|SOURCE|REGISTR)[A-Z_]*)=' || true
}

# A toolchain without its documentation, the last commit, and somebody to work with them.
furnish() {
    local root=$1 person=$2 home sysroot
    sysroot=$(rustc --print sysroot)
    mkdir -p "$root/opt/rust/share"
    cp -a "$sysroot/bin" "$sysroot/lib" "$root/opt/rust/"
    if [[ -d $sysroot/libexec ]]; then cp -a "$sysroot/libexec" "$root/opt/rust/"; fi
    home=/root
    if [[ $person == user ]]; then
        home=/home/user
        chroot "$root" useradd --create-home --shell /bin/bash user
        echo 'user ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/user"
    fi
    git clone --quiet --no-hardlinks "$here" "$root$home/herald"
    for file in config config.toml; do
        if [[ -f ${CARGO_HOME:-$HOME/.cargo}/$file ]]; then
            mkdir -p "$root$home/.cargo" && cp "${CARGO_HOME:-$HOME/.cargo}/$file" "$root$home/.cargo/"
        fi
    done
    chroot "$root" chown -R "$person:" "$home"
}

# Its own mounts and processes: whatever happens inside, nothing is left behind when it ends.
enter() {
    local root=$1 person=$2 home=/root
    [[ $person == root ]] || home=/home/user
    local variables
    mapfile -t variables < <(passed_on_variables)
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork --kill-child bash -c '
        set -e
        root=$1 person=$2; shift 2
        mount --make-rprivate / 2>/dev/null || true
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        exec chroot --userspec="$person:$person" --groups= "$root" /usr/bin/env -i "$@"
    ' enter "$root" "$person" "${variables[@]}" HOME="$home" USER="$person" LANG=C.UTF-8 TERM=dumb \
        PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        bash "$home/herald/scripts/trial-inside.sh" "$depth" </dev/null
}

make_base
failed=0
for person in "${people[@]}"; do
    root=$place/$person
    say "a fresh system for: $person"
    rm -rf "$root"
    cp -a "$place/base" "$root"
    pass_on_network "$root"
    furnish "$root" "$person"
    if enter "$root" "$person" 2>&1 | tee "$place/$person.log"; then
        say "$person: passed"
    else
        say "$person: FAILED (log: $place/$person.log)"
        failed=1
    fi
done
exit $failed
