# One verb per need; each may be the first one on a fresh machine.
#
#   make run      install what is missing, build, serve on 127.0.0.1:5432
#   make check    format, lints, house style, tests that need nothing outside: what to run before a commit
#   make test     install what is missing, run every test: what CI runs
#   make suites   the long forms: soak, fuzzing, benchmarks
#   make package  the release build as an IPM package
#   make clean    removes what was built or fetched, the simulator's data and .venv
#
# PROFILE=dev make run builds faster and serves slower. ARGS is handed on to irispg serve: make run ARGS="--listen 127.0.0.1:5433".

PROFILE ?= release
ARGS ?=
directory = $(if $(filter dev,$(PROFILE)),debug,$(PROFILE))

.PHONY: help run check test suites package clean

help:
	@sed -n 's/^#   //p' Makefile

run:
	@scripts/setup run
	cargo build --workspace --locked --profile $(PROFILE)
	target/$(directory)/irispg serve $(ARGS)

check:
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
	cargo xtask tidy
	cargo build --quiet --workspace --locked
	cargo test --quiet --workspace --locked

test:
	@scripts/setup test
	@scripts/test

suites:
	@scripts/setup test
	@scripts/test --long

package:
	@scripts/setup run
	cargo build --locked --release
	@ipm/pack

clean:
	rm -rf target irispg-data .venv tests/clients/node-postgres/node_modules
