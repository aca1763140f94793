# The front door; `make help` lists what it opens. Needs Swift, make and apt (or Homebrew); the rest is installed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
SECONDS_PER_TARGET := $(or $(SECONDS),60)

ifeq ($(shell uname),Darwin)
  export PKG_CONFIG_PATH := $(shell brew --prefix openssl@3 2>/dev/null)/lib/pkgconfig:$(PKG_CONFIG_PATH)
  LLVM_COV ?= xcrun llvm-cov
else
  # One file to copy to another machine: only libcrypto, libyaml, libzstd, zlib and the C library stay outside.
  STATIC := --static-swift-stdlib
  # The toolchain's own: another LLVM does not read its profiles.
  LLVM_COV ?= $(shell $(SWIFT) -print-target-info | sed -nE 's/.*"runtimeResourcePath": "(.*)\/lib\/swift".*/\1/p')/bin/llvm-cov
endif
# Of a thousand tests that start at once, many wait for servers and processes that then get no processor.
TEST_WIDTH := --experimental-maximum-parallelization-width 12
FORMATTED := Sources Tests Fuzz Benchmarks/Sources Benchmarks/Package.swift Package.swift
RELEASE := -c release $(STATIC) --product reslock
RESLOCK = $(shell $(SWIFT) build -c release --show-bin-path)/reslock

.PHONY: help deps test-deps peers build release demo test test-long mutants lint format bench fuzz asan tsan coverage docs \
  man completions install clean

help: ## Say what can be made
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS=$$'\t' read -r name text; do \
	  printf '%-12s %s\n' "$$name" "$$text"; done

deps: ## Install the system packages a build needs, where missing
	@Scripts/install-packages build

test-deps: deps
	@Scripts/install-packages test
	@Scripts/install-promtool

peers: ## Unpack the restic releases and servers that tests and benchmarks compare with
	@Scripts/install-peers
	@Scripts/install-python-peers

build: deps ## Build everything for debugging
	$(SWIFT) build

release: deps
	$(SWIFT) build $(RELEASE)

demo: release ## Build, and show what reslock says of stuck repositories
	@Scripts/demo "$(RESLOCK)"

test: test-deps peers ## Run all tests
	$(SWIFT) build --build-tests
	@$(SWIFT) test $(TEST_WIDTH) 2>&1 | tee .build/tests.log || { status=$$?; echo; echo 'What failed:'; \
	  grep -A 3 -E 'recorded an issue|^error:|Fatal error' .build/tests.log | tail -n 60; exit $$status; }

test-long: test-deps peers ## Run an hour of real refreshes and stops, and the stress test for ROUNDS=1000 rounds
	$(SWIFT) build --build-tests
	STRESS_ROUNDS=$(or $(ROUNDS),1000) $(SWIFT) test --skip-build --filter UnlockStressTests
	RESLOCK_LONG=1 $(SWIFT) test --skip-build --filter LongRunTests

mutants: test-deps peers ## Plant known mistakes into a copy, and demand that the tests find each
	SWIFT=$(SWIFT) Scripts/mutants $(MUTANTS)

lint: deps ## Check the format, and build with warnings as errors
	$(SWIFT) format lint --strict -r -p $(FORMATTED)
	$(SWIFT) build --build-tests

format: ## Bring all sources into the project's format
	$(SWIFT) format -i -r -p $(FORMATTED)

bench: deps peers release ## Measure reslock beside restic, and print the table
	cd Benchmarks && $(SWIFT) build -c release $(STATIC)
	@programs=$$(cd Benchmarks && $(SWIFT) build -c release --show-bin-path); \
	"$$programs/reslock-bench" "$(RESLOCK)" "$$(ls -d .peers/restic-* | sort -V | tail -n 1)"; \
	echo; "$$programs/scrypt-bench"; \
	echo; "$$programs/reslock-bench" --log "$(RESLOCK)"; \
	echo; "$$programs/reslock-bench" --servers "$(RESLOCK)" "$$(ls -d .peers/restic-* | sort -V | tail -n 1)" .peers

fuzz: deps ## Fuzz each parser for SECONDS=60 with the address sanitizer
	@Scripts/fuzz $(SECONDS_PER_TARGET) $(TARGETS)

asan: test-deps peers ## Run all tests under the address and leak sanitizers
	SWIFT_BACKTRACE=enable=no LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leak-suppressions.txt \
	  $(SWIFT) test --disable-xctest --sanitize=address --scratch-path .build-asan

tsan: test-deps peers ## Run all tests under the thread sanitizer
	SWIFT_BACKTRACE=enable=no $(SWIFT) test --disable-xctest --sanitize=thread --scratch-path .build-tsan

coverage: test-deps peers ## Run all tests and print how much of Sources they reach
	$(SWIFT) test --enable-code-coverage --scratch-path .build-coverage
	@products=$$($(SWIFT) build --scratch-path .build-coverage --show-bin-path); \
	$(LLVM_COV) report "$$products"/reslockPackageTests.xctest$(if $(filter Darwin,$(shell uname)),/Contents/MacOS/reslockPackageTests) \
	  -instr-profile="$$products"/codecov/default.profdata --ignore-filename-regex='(Tests|\.build[^/]*)/'

docs: deps ## Build the library's documentation into .build-docs/site
	mkdir -p .build-docs/site
	DOCS=1 $(SWIFT) package --scratch-path .build-docs --allow-writing-to-directory .build-docs/site \
	  generate-documentation --target ResticLocks --warnings-as-errors \
	  --output-path .build-docs/site --transform-for-static-hosting

# In debug mode, as the plugin builds without STATIC and would replace the release binary.
man: deps ## Write the manual pages to .build/man
	$(SWIFT) package --allow-writing-to-package-directory generate-manual --configuration debug --multi-page \
	  $(addprefix --date ,$(shell git log -1 --format=%cs 2>/dev/null)) >/dev/null
	@mkdir -p .build/man
	@rm -f .build/man/*
	@cp .build/plugins/GenerateManual/outputs/reslock/*.1 .build/man
	@rm -f .build/man/reslock.help.1

completions: release ## Write completions for bash, zsh and fish to .build/completions
	@mkdir -p .build/completions
	@$(RESLOCK) --generate-completion-script bash > .build/completions/reslock
	@$(RESLOCK) --generate-completion-script zsh > .build/completions/_reslock
	@$(RESLOCK) --generate-completion-script fish > .build/completions/reslock.fish

install: release man completions ## Install the program, its manual and completions under DESTDIR and PREFIX
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" \
	  "$(DESTDIR)$(PREFIX)/share/bash-completion/completions" "$(DESTDIR)$(PREFIX)/share/zsh/site-functions" \
	  "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"
	install -m 755 "$(RESLOCK)" "$(DESTDIR)$(PREFIX)/bin/reslock"
	strip "$(DESTDIR)$(PREFIX)/bin/reslock"
	install -m 644 .build/man/*.1 "$(DESTDIR)$(PREFIX)/share/man/man1"
	install -m 644 .build/completions/reslock "$(DESTDIR)$(PREFIX)/share/bash-completion/completions"
	install -m 644 .build/completions/_reslock "$(DESTDIR)$(PREFIX)/share/zsh/site-functions"
	install -m 644 .build/completions/reslock.fish "$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d"

clean: ## Remove what was built; the unpacked restic releases stay
	rm -rf .build .build-* Benchmarks/.build
