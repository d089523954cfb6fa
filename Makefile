# Run 'make' to see what there is.
GO      ?= go
TOOLS   := $(GO) tool -modfile=.ci/tools/go.mod
SOURCES := $(shell git ls-files '*.go' 2>/dev/null)
# The race detector cannot see the memory of SQLite and its C library, which are
# translated from C and manage their own; only watching them costs, half of all.
RACE    := -race $(foreach p,modernc.org/sqlite/lib modernc.org/libc/...,-gcflags=$(p)=-race=false)
export GORACE := suppressions=$(CURDIR)/.ci/race-suppressions

.PHONY: help test prepare lint unit test-eventstore bench chaos conformance

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: prepare lint unit ## install what the tests need, then run everything

prepare: ## install PostgreSQL, Node.js and a client for it, if they are missing
	@.ci/prepare

lint: ## formatting, vet, staticcheck
	@unformatted=$$($(TOOLS) gofumpt -l $(SOURCES)); if [ -n "$$unformatted" ]; then echo "not formatted:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(TOOLS) staticcheck ./...

unit: ## all tests, with the race detector; and real conversations in full without it
	$(GO) test $(RACE) -timeout 40m ./...
	$(GO) test -timeout 20m -run 'TestImport_is_answered_as_the_file_says/real' ./cmd/parley

test-eventstore: prepare ## let a real event store be judged: EVENTSTORE='esdb://HOST:2113?tls=false', docs/eventstoredb.md
	@.ci/test-eventstore '$(EVENTSTORE)'

bench: ## measure, and write docs/performance.md (PARLEY_BENCH_FLAGS for more)
	$(GO) run ./cmd/parley-bench --out docs/performance.md $(PARLEY_BENCH_FLAGS)

CHAOS := PARLEY_CHAOS=1 PARLEY_CHAOS_REPORT=$(CURDIR)/docs/chaos.md $(GO) test -count=1 -p 1

chaos: prepare ## the reliability suites in their long form, and docs/chaos.md; takes more than an hour
	$(CHAOS) -timeout 2h ./adapters/eventnode/... ./adapters/eventstore/...
	$(CHAOS) -timeout 2h -run 'TestServe_|TestEventStore_|TestRestore_|TestImport_survives_kills' ./cmd/parley
	$(CHAOS) -timeout 2h -run 'TestInstances_' ./commands
	$(CHAOS) -timeout 2h ./adapters/adaptertest/seededbugs

conformance: prepare ## let the official clients' own suites judge the event store, and write docs/conformance.md
	$(GO) run ./cmd/parley-conformance --packages .ci/node --out docs/conformance.md
