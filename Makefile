# Herald's commands. Every target prepares the machine itself (scripts/setup.sh); `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run test check test-web sim bench bench-micro

SHELL := /bin/sh
built := $(or $(CARGO_TARGET_DIR),target)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

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

sim: ## a million random schedules of faults against the writer's state machine
	HERALD_SIM_SCHEDULES=$${HERALD_SIM_SCHEDULES:-1000000} cargo test --release --locked --test journal -- --nocapture

bench: ## Herald and its peers side by side, with today's figures and the targets
	@scripts/setup.sh bench
	@cargo build --release --locked
	@python3 bench/compare.py --herald $(built)/release/herald

bench-micro: ## each stage of the request path alone, in microseconds
	@scripts/setup.sh test
	@cargo bench --locked --bench request_path
