# Every target installs what it needs first: a new machine needs only node, npm, make, git and, for the tests, apt.
# Recipes are one shell each and stop at the first error.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:

BUN := node_modules/.bin/bun
PREFIX ?= /usr/local
DESTDIR ?=
NSOMEM := dist/nsomem

# What goes into the binary; a change in any of it builds anew.
SOURCES := $(shell find src -type f) build.ts package.json package-lock.json

.PHONY: build release start_frontend start_backend demo test test-host unit watch check bench chaos forecast-score install uninstall clean

build: $(NSOMEM)

# The commit is part of the binary: HEAD's log moves with every commit.
$(NSOMEM): $(SOURCES) $(wildcard .git/logs/HEAD) | node_modules/.ready
	$(BUN) build.ts

# The binaries for every host, as a release has them, and packages, in dist/release.
release: node_modules/.ready
	$(BUN) build.ts --release

# The inherited names: the rescue service in this terminal, or in the background.
start_frontend: build
	$(NSOMEM) start

start_backend: build
	$(NSOMEM) start --daemon

demo: build
	$(NSOMEM) demo

# The whole suite, or with ONLY="path…" the tests of these files and folders.
test: build lab
	$(BUN) test/run.ts $(ONLY:%=--only=%)

# The claims about hosts, in a real guest; with ONLY="name…" these scenarios of test/host, with TIMES=5 each five times.
test-host: build lab
	HOST_ONLY="$(ONLY)" HOST_TIMES="$(TIMES)" $(BUN) test/run.ts --only=test/host

# The tests that need no lab and no build; with ONLY, of these files and folders.
unit: node_modules/.ready
	$(BUN) test/run.ts --unit $(ONLY:%=--only=%)

# At each change the unit tests that it reaches; with ONLY, all of these files and folders.
watch: node_modules/.ready
	$(BUN) test/run.ts --watch $(ONLY:%=--only=%)

# What needs no lab and no build: types, lint, shell scripts.
check: node_modules/.ready
	$(BUN) test/run.ts --static

# All figures; with ONLY="idle dump", these parts of them.
bench: build lab
	$(BUN) test/bench/main.ts $(ONLY)

# Faults staged on the binary, in namespaces of their own, and a table of what came of each: about 4 minutes, as root.
# With ONLY, those whose names begin so; with CHAOS_LONG=1 also half an hour at full cadence, with CHAOS_LONG=60 an hour.
chaos: build lab
	$(BUN) test/chaos/main.ts $(ONLY)

# The forecast on loads of known truth, with seeds that none has seen; with SEEDS, so many of them.
forecast-score: node_modules/.ready
	$(BUN) test/bench/forecast-score.ts $(SEEDS)

# The binary, and what it prints of itself: the man page, and the completions of three shells.
install: build
	install -D -m 0755 $(NSOMEM) "$(DESTDIR)$(PREFIX)/bin/nsomem"
	# The unit that "nsomem service install" writes, for "systemctl enable --now nsomem".
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	$(NSOMEM) service show --exec "$(PREFIX)/bin/nsomem" > "$(DESTDIR)$(PREFIX)/lib/systemd/system/nsomem.service"
	put() { install -D -m 0644 /dev/stdin "$(DESTDIR)$(PREFIX)/share/$$1"; }
	$(NSOMEM) man | put man/man1/nsomem.1
	$(NSOMEM) completion bash | put bash-completion/completions/nsomem
	$(NSOMEM) completion zsh | put zsh/site-functions/_nsomem
	$(NSOMEM) completion fish | put fish/vendor_completions.d/nsomem.fish

# Configuration and evidence stay.
uninstall:
	cd "$(DESTDIR)$(PREFIX)"
	rm -f bin/nsomem lib/systemd/system/nsomem.service share/man/man1/nsomem.1 share/bash-completion/completions/nsomem \
		share/zsh/site-functions/_nsomem share/fish/vendor_completions.d/nsomem.fish

clean:
	rm -rf dist .cache node_modules

# The real parts that the tests stand NSO in with.
.PHONY: lab
lab: node_modules/.ready
	bash test/lab/install.sh

node_modules/.ready: package.json package-lock.json
	@command -v npm >/dev/null || { echo "make: npm is missing; install Node.js (Debian: apt-get install nodejs npm)" >&2; exit 1; }
	npm ci --loglevel=error
	# Where npm held back the package's install script, run it: it only links the binary that came with the packages.
	$(BUN) --version >/dev/null 2>&1 || node node_modules/bun/install.js
	touch $@
