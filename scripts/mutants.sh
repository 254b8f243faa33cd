#!/bin/sh
# Mutation testing of the medicine (src/domain) and of the rule loader (src/rules).
#
# The whole binary takes too long to build, so the pure rooms and their tests are copied into a crate of their own, outside
# the repository. All mutants go into one build of it, each behind a switch, and each meets the tests that reach it.
# docs/mutants.md holds the results.
#
#   scripts/mutants.sh FOLDER [arguments of scripts/mutants/try_mutants.py, e.g. --in src/rules --jobs 2]
#
# What has a result in FOLDER/results.jsonl is not tried again; --missed tries the survivors again, after tests were added.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:?"the folder to work in, outside the repository"}
shift
version=27.1.0
crate=$work/crate

mkdir -p "$crate/src/commands" "$crate/src/store"
for room in assessment cdshooks domain fhir json noise rules trials; do
    rm -rf "$crate/src/$room"
    cp -Rp "$root/src/$room" "$crate/src/$room"
done
cp -p "$root/src/markdown.rs" "$crate/src/"
cp -p "$root/src/commands/rules.rs" "$crate/src/commands/"
cp -p "$root/src/store/sample_trials.rs" "$crate/src/store/"
for folder in tests rules fhir-profiles crates; do
    rm -rf "${crate:?}/$folder"
    cp -Rp "$root/$folder" "$crate/$folder"
done
cp "$root/scripts/mutants/lib.rs" "$crate/src/lib.rs"
cp "$root/Cargo.lock" "$crate/Cargo.lock"

# The repository's manifest without the crates of the other rooms; integration tests are modules of the one test binary.
awk '
    /^\[\[bench\]\]/ { exit }
    /^\[dependencies\]/ { section = "dependencies" }
    /^\[package\]/ { print; print "autotests = false"; next }
    /^\[/ && !/^\[dependencies\]/ { section = "" }
    section == "dependencies" && /^[a-z]/ && \
        !/^(bytes|fhir-out|jiff|num-[a-z]+|pulldown-cmark|serde|serde_json|sha2|smallvec|thiserror|toml|unicode-normalization|uuid|wide)[ .]/ { next }
    /^rcgen/ { next }
    { print }
' "$root/Cargo.toml" >"$crate/Cargo.toml"

# The tests run some thousand times: what they spend their time in is optimised, checks for overflow are kept.
cat >>"$crate/Cargo.toml" <<'MANIFEST'

[lib]
doctest = false

[profile.dev.package.herald]
opt-level = 1
MANIFEST
for package in num-bigint num-integer num-rational num-traits toml toml_parser winnow sha2 jiff; do
    printf '[profile.dev.package.%s]\nopt-level = 2\n' "$package" >>"$crate/Cargo.toml"
done

# insta names a snapshot after the module of its test.
cp "$crate/tests/snapshots/cards__sample_situations.snap" "$crate/tests/snapshots/herald__test_cards__sample_situations.snap"
cp "$crate/tests/orders/snapshots/orders__cards__order_cards.snap" \
    "$crate/tests/orders/snapshots/herald__test_orders__cards__order_cards.snap"

tools=$work/tools
PATH=$tools/bin:$PATH
cargo mutants --version >/dev/null 2>&1 || cargo install cargo-mutants --locked --version "$version" --root "$tools"
if ! cmp -s "$root/scripts/mutants/requirements.txt" "$tools/python/installed"; then
    python3 -m venv "$tools/python"
    "$tools/python/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$root/scripts/mutants/requirements.txt"
    cp "$root/scripts/mutants/requirements.txt" "$tools/python/installed"
fi

export CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 PYTHONDONTWRITEBYTECODE=1
(cd "$crate" && cargo mutants --list --json --package herald --file 'src/domain/**' --file 'src/rules/**') >"$work/list.json"
"$tools/python/bin/python" "$root/scripts/mutants/one_build.py" "$crate" "$work/list.json" "$work/built.json"
"$tools/python/bin/python" "$root/scripts/mutants/try_mutants.py" "$work/list.json" "$work/built.json" "$work/results.jsonl" "$@"
"$tools/python/bin/python" "$root/scripts/mutants/report.py" "$work/list.json" "$work/results.jsonl"
