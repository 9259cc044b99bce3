# Two commands are enough: `make run` and `make test`. Each sets up what is missing, and only that, so that
# both work again without a network.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.PHONY: run test check build bench bench-export timing weight deny screenshots browser-tests toolchain packages system clippy-wasm

CARGO ?= cargo
MILLION ?= 1000000
WASM  := wasm32-unknown-unknown
# Tests make clusters of their own: Debian need not make one, nor start it.
CLUSTERS := /etc/postgresql-common/createcluster.conf
# how to act as root: not at all if we are, else by sudo
ROOT  := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

## Serve the demo on http://localhost:3000.
run: toolchain
	$(CARGO) xtask site
	$(CARGO) run -p grille --bin grille -- demo

## Everything: format, lints, rules, services on both databases, documentation examples, browser.
test: toolchain packages system
	$(CARGO) fmt --all --check
	$(CARGO) xtask site
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(MAKE) --no-print-directory clippy-wasm
	$(CARGO) xtask postgres -- $(CARGO) test --workspace
	TEST_ON=postgres $(CARGO) xtask postgres -- $(CARGO) test -p backoffice --test it
	$(MAKE) --no-print-directory browser-tests

## The quick part of `make test`, for while you work.
check: toolchain
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(MAKE) --no-print-directory clippy-wasm
	$(CARGO) test -p domain -p app --lib

## The one release binary, which carries its pages: target/release/grille.
build: toolchain packages
	$(CARGO) xtask site --release
	$(CARGO) build --release -p grille --bin grille

## Ratios against floors measured in the same run, on both databases; MINUTES=30 also watches memory for so long.
## A million customers come in once, in ten minutes, and are kept for later runs: MILLION=0 leaves them out.
bench: toolchain system
	$(CARGO) xtask postgres -- $(CARGO) bench -p grille --bench speed -- \
		$(if $(filter-out 0,$(MILLION)),--million $(MILLION)) $(if $(MINUTES),--minutes $(MINUTES)) $(BENCH)

## How fast a copy of so many customers is made (CUSTOMERS=1000000 takes ten minutes to bring them in).
bench-export: toolchain
	CUSTOMERS=$(or $(CUSTOMERS),100000) $(CARGO) test --release -p backoffice --lib exports::copy::tests::measure -- --ignored --nocapture

## Whether the time of a refused sign-in tells its cause: ten minutes, on a machine that does nothing else.
timing: toolchain
	$(CARGO) test -p grille --test it timing:: -- --include-ignored --nocapture

## What each page of the release build weighs, and when its largest part is painted.
weight: build system
	WEIGHT=1 GRILLE=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/release/grille npx --no-install playwright test --config end2end/playwright.config.ts weight

## Bans, licences and sources of all dependencies.
deny:
	$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check bans licenses sources

## Writes docs/images anew from the running demo.
screenshots: toolchain packages system
	$(CARGO) xtask site
	$(CARGO) build -p grille --bin grille
	SCREENSHOTS=1 npx --no-install playwright test --config end2end/playwright.config.ts screenshots

# ---- parts

browser-tests:
	$(CARGO) build -p grille --bin grille
	npx --no-install tsc --project end2end/tsconfig.json
	npx --no-install playwright test --config end2end/playwright.config.ts

clippy-wasm:
	$(CARGO) clippy -p frontend --target $(WASM) -- -D warnings

# ---- what may be missing

toolchain:
	@command -v $(CARGO) >/dev/null || { echo "cargo is missing: install Rust by rustup, then try again" >&2; exit 1; }
	@if command -v rustup >/dev/null && ! rustup target list --installed | grep -qx $(WASM); then \
		rustup target add $(WASM); \
	fi

# By content, not by time: a checkout that touches the lock file is no reason to ask the network.
packages:
	@command -v npm >/dev/null || { $(ROOT) apt-get update || true; $(ROOT) apt-get install -y nodejs npm; }
	@cmp -s package-lock.json node_modules/.installed-lock.json || { \
		PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci && cp package-lock.json node_modules/.installed-lock.json; \
	}

system:
	@missing=; \
	[ -x /usr/bin/chromium ] || missing="$$missing chromium"; \
	[ -e /usr/share/doc/fonts-noto-cjk ] || missing="$$missing fonts-noto-cjk"; \
	[ -x /usr/bin/strace ] || missing="$$missing strace"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
		missing="$$missing postgresql"; \
		[ -e $(CLUSTERS) ] || { $(ROOT) mkdir -p $(dir $(CLUSTERS)); echo "create_main_cluster = false" | $(ROOT) tee $(CLUSTERS); }; \
	}; \
	if [ -n "$$missing" ]; then \
		$(ROOT) apt-get update || true; \
		DEBIAN_FRONTEND=noninteractive $(ROOT) apt-get install -y --no-install-recommends $$missing; \
	fi
