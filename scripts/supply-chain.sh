#!/bin/sh
# What the binary is made of.
#
#   scripts/supply-chain.sh sbom   writes target/herald.cdx.json (CycloneDX 1.5): every crate with version, licence, checksum
#   scripts/supply-chain.sh deny   holds licences, sources and banned crates against deny.toml, and known advisories where
#                                  their database can be fetched; says so where it cannot
#
# The tools are built once, under target/tools, by name and version.
set -eu

cd "$(dirname "$0")/.."
tools=$PWD/target/tools
say() { printf 'supply chain: %s\n' "$*" >&2; }

tool() {
    [ -x "$tools/bin/$1" ] || cargo install --quiet --locked --root "$tools" --version "$2" "$1"
}

case ${1:-} in
    sbom)
        tool cargo-cyclonedx 0.5.9
        "$tools/bin/cargo-cyclonedx" cyclonedx --quiet --format json --spec-version 1.5 --override-filename herald.cdx
        mkdir -p target
        mv herald.cdx.json target/herald.cdx.json
        # the member crate stands in the list of the binary already
        rm -f crates/*/herald.cdx.json
        # where it was built is nobody's business
        sed -i.bak "s|file://$PWD|file:///herald|g" target/herald.cdx.json
        rm -f target/herald.cdx.json.bak
        say "target/herald.cdx.json"
        ;;
    deny)
        tool cargo-deny 0.20.2
        PATH=$tools/bin:$PATH
        cargo deny --locked check bans licenses sources
        if cargo deny fetch db >/dev/null 2>&1; then
            cargo deny --locked check advisories
        else
            say "ADVISORIES NOT CHECKED: their database could not be fetched"
        fi
        ;;
    *)
        say "say sbom or deny"
        exit 1
        ;;
esac
