#!/bin/sh
# Mutation testing of the medicine (src/domain) and of the rule loader (src/rules).
#
# The whole binary takes too long to build for each of some 1,600 mutants, so the pure rooms and their tests are copied
# into a crate of their own, outside the repository, where one mutant takes seconds. docs/mutants.md holds the results.
#
#   scripts/mutants.sh FOLDER [cargo-mutants arguments, e.g. --shard 0/16]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
scratch=${1:?"the folder to work in, outside the repository"}
shift
version=27.1.0

mkdir -p "$scratch/src/commands" "$scratch/src/store" "$scratch/crates"
for room in assessment cdshooks domain fhir json noise rules trials; do
    rm -rf "$scratch/src/$room"
    cp -R "$root/src/$room" "$scratch/src/$room"
done
cp "$root/src/commands/rules.rs" "$scratch/src/commands/"
cp "$root/src/store/sample_trials.rs" "$scratch/src/store/"
for folder in tests rules fhir-profiles crates/fhir-check crates/fhir-out; do
    rm -rf "${scratch:?}/$folder"
    cp -R "$root/$folder" "$scratch/$folder"
done
cp "$root/scripts/mutants/lib.rs" "$scratch/src/lib.rs"
cp "$root/Cargo.lock" "$scratch/Cargo.lock"

# The repository's manifest without the crates of the other rooms; integration tests are modules of the one test binary.
awk '
    /^\[\[bench\]\]/ { exit }
    /^\[dependencies\]/ { section = "dependencies" }
    /^\[package\]/ { print; print "autotests = false"; next }
    /^\[/ && !/^\[dependencies\]/ { section = "" }
    section == "dependencies" && /^[a-z]/ && \
        !/^(bytes|fhir-out|jiff|num-[a-z]+|serde|serde_json|sha2|thiserror|toml|unicode-normalization|uuid)[ .]/ { next }
    /^rcgen|^ureq/ { next }
    { print }
' "$root/Cargo.toml" >"$scratch/Cargo.toml"
cat >>"$scratch/Cargo.toml" <<'MANIFEST'

[lib]
doctest = false
MANIFEST

# insta names a snapshot after the module of its test.
cp "$scratch/tests/snapshots/cards__sample_situations.snap" "$scratch/tests/snapshots/herald__test_cards__sample_situations.snap"
cp "$scratch/tests/orders/snapshots/orders__cards__order_cards.snap" \
    "$scratch/tests/orders/snapshots/herald__test_orders__cards__order_cards.snap"

tools=$scratch/tools
PATH=$tools/bin:$PATH
cargo mutants --version >/dev/null 2>&1 || cargo install cargo-mutants --locked --version "$version" --root "$tools"

cd "$scratch"
export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 INSTA_UPDATE=no
exec cargo mutants --in-place --package herald --file 'src/domain/**' --file 'src/rules/**' \
    --timeout 900 --colors never "$@" -- --lib
