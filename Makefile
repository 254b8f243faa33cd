# Herald's commands. Every target prepares the machine itself (scripts/setup.sh); `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check test-web test-conformance healthchain-report test-fhir-server tokens fuzz-smoke sim chaos chaos-smoke mutants deny sbom bench bench-outage bench-micro

SHELL := /bin/sh
built := $(or $(CARGO_TARGET_DIR),target)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-26s %s\n", $$1, $$2 }'

run: ## build the release and serve on 127.0.0.1:8080; prints the address and a ready-made curl
	@scripts/setup.sh run
	@cargo build --release --locked
	@if [ -n "$$DATABASE_URL" ]; then $(built)/release/herald migrate; fi
	@exec $(built)/release/herald serve

test: ## every Rust test, on a real PostgreSQL
	@scripts/setup.sh test
	cargo test --workspace --locked

check: ## format, lints, shell scripts, and the proof that the rule files are total
	@scripts/setup.sh check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	shellcheck .ci/run scripts/*.sh bench/peers/setup.sh
	cargo run --quiet --locked -- rules check rules

test-web: ## the start page in a real browser (Chromium)
	@scripts/setup.sh web
	@cargo build --locked
	@scripts/test-web.sh $(built)/debug/herald

test-conformance: ## the standard, judged by tests and by engines that are not ours; writes docs/conformance.md
	@scripts/setup.sh conformance
	@cargo build --locked
	@scripts/test-conformance.sh $(built)/debug/herald

fuzz-smoke: ## 100,000 broken and changed requests over HTTP: no panic, no 5xx (a few minutes)
	@scripts/setup.sh test
	HERALD_FUZZ_CASES=33400 cargo test --locked --test api -- request_is_answered_with_a_fault

healthchain-report: ## what HealthChain's models of CDS Hooks say to our replies; a report, no check
	@scripts/setup.sh healthchain
	@cargo build --locked
	@scripts/healthchain.sh $(built)/debug/herald

tokens: ## hostile and good tokens against the release binary over TLS: a table, and a failure for any difference
	@scripts/setup.sh test
	@cargo build --release --locked
	HERALD_BINARY=$(built)/release/herald cargo test --locked --test access -- --nocapture gives_every_hostile_token

test-fhir-server: ## missing prefetch fetched from a HAPI FHIR server (Java, Maven)
	@scripts/setup.sh test fhir-server
	@mvn --quiet --batch-mode --file tests/upstream/hapi/pom.xml package
	cargo test --locked --test upstream -- --ignored hapi

sbom: ## every crate of the binary with its version and licence: target/herald.cdx.json (CycloneDX)
	@scripts/supply-chain.sh sbom

deny: ## licences, sources and banned crates against deny.toml, and known advisories where they can be fetched
	@scripts/setup.sh supply-chain
	@scripts/supply-chain.sh deny

sim: ## a million random schedules of faults against the writer's state machine
	HERALD_SIM_SCHEDULES=$${HERALD_SIM_SCHEDULES:-1000000} cargo test --release --locked --test journal -- --nocapture

chaos: ## real processes killed, stopped, cut off and filled up under load: is every acknowledged decision found, once?
	@scripts/setup.sh chaos
	@cargo build --release --locked
	@python3 tests/chaos/chaos.py --herald $(built)/release/herald $(CHAOS)

chaos-smoke: ## the three crashes of it, about a minute
	@scripts/setup.sh chaos-smoke
	@cargo build --locked
	@python3 tests/chaos/chaos.py --herald $(built)/debug/herald --only smoke --rate 40

bench: ## Herald and its peers side by side, with today's figures and the targets
	@scripts/setup.sh bench
	@cargo build --release --locked
	@python3 bench/compare.py --herald $(built)/release/herald

bench-outage: ## what an outage of PostgreSQL, the replay after it, and sealing cost (about ten minutes)
	@scripts/setup.sh bench-outage
	@cargo build --release --locked
	@python3 bench/outage.py --herald $(built)/release/herald $(OUTAGE)

bench-micro: ## each stage of the request path alone, in microseconds
	@scripts/setup.sh test
	@cargo bench --locked --bench request_path

# An hour or so on two cores, and it can be ended and taken up again. A part: make mutants MUTANTS="--in src/rules"
mutants_in ?= $(abspath ..)/herald-mutants
mutants: ## mutation testing of the medicine and the rule loader (docs/mutants.md), in a folder beside the clone
	@scripts/setup.sh mutants
	@scripts/mutants.sh "$(mutants_in)" $(MUTANTS)
