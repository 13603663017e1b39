# make help lists the targets. What a target needs beyond Go, a C compiler and make is named if it is missing.

VERSION := $(shell sed -n 's/^\#define TEMPFILE_VERSION "\(.*\)"/\1/p' capi/types.h)
SONAME := libtempfile.so.$(firstword $(subst ., ,$(VERSION)))
GO ?= go
CC ?= gcc
PYTHON ?= python3
prefix ?= /usr/local
libdir ?= $(prefix)/lib
includedir ?= $(prefix)/include

B := build
CFLAGS ?= -O2 -g
WARN := -std=c11 -Wall -Wextra -Werror
go_sources := go.mod go.sum $(shell find core capi -name '*.go' -not -name '*_test.go') $(wildcard capi/*.c capi/*.h capi/*.map capi/stack/*.s)

# No SIGURG may go to threads whose SIGURG was given back to the host, and a stack that was grown for a host's signal
# handlers must stay so. Nor may the runtime keep files of the cgroup open, whose descriptors a host that closes all it does
# not know would give to others, and read them every second. osusergo: the user's home is read without the C library, which may load modules for it.
godebug := -X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0
link = -Wl,-soname,$(SONAME) -Wl,--build-id=sha1 -Wl,--version-script=$(CURDIR)/capi/$(1)
shared = $(GO) build -buildmode=c-shared -trimpath -tags=osusergo$(1) -ldflags="-s -w -buildid= $(godebug) -extldflags '$(call link,$(2))'" -o $(3) ./capi && rm -f $(basename $(3)).h

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r t d; do printf '  %-14s %s\n' "$$t" "$$d"; done

include tests/tools.mk

# --- build

.PHONY: build
build: need-go need-cc $(B)/libtempfile.so ## build/libtempfile.so, and a copy beside the Python package

$(B)/libtempfile.so.$(VERSION): $(go_sources)
	@mkdir -p $(B)
	@rm -f $@
	$(call shared,,libtempfile.map,$@)

$(B)/libtempfile.so: $(B)/libtempfile.so.$(VERSION)
	@ln -sf $(<F) $(B)/$(SONAME)
	@ln -sf $(SONAME) $@
	@if [ -d python/libtempfile ]; then cp $< python/libtempfile/libtempfile.so; fi

# Builds for tests only: with hooks, and without the reserve of stack that a control must crash for want of.
$(B)/hooks/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	@rm -f $@
	$(call shared,$(comma)tempfile_hooks,libtempfile_hooks.map,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(B)/unreserved/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	@rm -f $@
	$(call shared,$(comma)tempfile_hooks$(comma)tempfile_no_reserve,libtempfile_hooks.map,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

comma := ,

# --- generated files

.PHONY: header check-header
header: need-go ## write include/tempfile.h, the shims and the symbol map from capi/export_*.go
	cd capi && $(GO) run ./internal/genapi

check-header: need-go ## fail if a generated file is not what make header would write
	@rm -rf $(B)/generated && mkdir -p $(B)/generated
	@cd capi && $(GO) run ./internal/genapi -root ../$(B)/generated
	@for f in include/tempfile.h capi/public_gen.h capi/api_gen.h capi/shims_gen.c capi/libtempfile.map capi/libtempfile_hooks.map; do \
	  cmp -s $$f $(B)/generated/$$f || { echo "$$f has drifted from capi/export_*.go: run 'make header'"; exit 1; }; done
	@echo "check-header: the generated files agree with the exports"

# --- tests

.PHONY: test test-core test-c
test: test-core test-c ## run every test

test-core: need-go ## the core's own tests
	$(GO) test ./core/... ./capi/internal/...

# Each program in tests/c and tests/misuse is a test; those named *_hooks need the build with hooks.
c_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/c/*.c tests/misuse/*.c))
# Those in tests/guest take long, or need more of the machine: make guest runs them.
guest_programs := $(foreach name,environment exit fork_% identity limits refused% secure signals_% threads umask,$(filter $(B)/tests/c/$(name),$(c_tests)))
guest_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/guest/*.c))
hook_tests := $(filter %_hooks,$(c_tests))
plain_tests := $(filter-out %_hooks,$(c_tests))
plain_guests := $(filter-out %_hooks,$(guest_tests))
hook_guests := $(filter %_hooks,$(guest_tests))

test-c: build $(c_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so ## the C tests: forks, signals, misuse, vectors
	@tests/run $(CURDIR)/$(B) $(plain_tests)
	@tests/run $(CURDIR)/$(B)/hooks $(hook_tests)

$(plain_tests) $(plain_guests): $(B)/%: %.c tests/c/check.h include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude -Itests/c $< -o $@ -Wl,--as-needed -L$(B) -ltempfile -lpthread

$(hook_tests) $(hook_guests): $(B)/%: %.c tests/c/check.h tests/c/hooks.h include/tempfile.h $(B)/hooks/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude -Itests/c $< -o $@ -L$(B)/hooks -ltempfile -lpthread

# The same programs for longer, those that take long, and the other runtimes that the machine has.
.PHONY: guest
guest: build $(c_tests) $(guest_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so ## forks, signals, limits, threads, exits, other runtimes: a line each
	@SIGNAL_SECONDS=$${SIGNAL_SECONDS:-60} tests/guest/run $(CURDIR)/$(B) $(sort $(guest_programs) $(guest_tests))

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(B) python/libtempfile/libtempfile.so*
