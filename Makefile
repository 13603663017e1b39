# make help lists the targets. What a target needs beyond Go, a C compiler and make is named if it is missing.

ifeq ($(wildcard capi/build.sh),)
$(error make works in the tree alone: make -C '$(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))')
endif
VERSION := $(shell sed -n 's/^\#define TEMPFILE_VERSION "\(.*\)"/\1/p' capi/types.h)
SONAME := libtempfile.so.$(firstword $(subst ., ,$(VERSION)))
GO ?= go
ifeq ($(origin CC),default) # make knows CC as cc already, so ?= would not set it
CC := gcc
endif
CXX ?= g++
PYTHON ?= python3
prefix ?= /usr/local
libdir ?= $(prefix)/lib
includedir ?= $(prefix)/include

# What is for another machine or another C library than this machine's own has a folder of its own in build/: CC=musl-gcc makes
# build/musl, GOARCH=arm64 CC=aarch64-linux-gnu-gcc makes build/arm64.
other_arch := $(if $(GOARCH),$(filter-out $(shell $(GO) env GOHOSTARCH 2>/dev/null),$(GOARCH)))
other_libc := $(shell macros=$$(printf '\043include <features.h>\n' | $(CC) -E -dM - 2>/dev/null) || exit 0; \
  echo "$$macros" | grep -q __GLIBC__ && its=glibc || its=musl; \
  getconf GNU_LIBC_VERSION >/dev/null 2>&1 && own=glibc || own=musl; [ $$its = $$own ] || echo $$its)
B := build$(addprefix /,$(other_libc))$(addprefix /,$(other_arch))
# The generators run on this machine, whatever they are for.
go_here := env -u GOARCH -u GOOS CGO_ENABLED=0 $(GO)
CFLAGS ?= -O2 -g
WARN := -std=c11 -Wall -Wextra -Werror
go_sources := Makefile go.mod go.sum $(shell find core capi -name '*.go' -not -name '*_test.go' -not -path 'capi/internal/gen*') $(wildcard capi/*.c capi/*.h capi/*.map capi/*.sh capi/stack/*.s)

# How the library is built is in capi/build.sh. $(call shared,MAP,TAGS,OUTPUT) What it needs is looked for here, where it is
# built: make install of what is there already needs neither Go nor a compiler.
strip := -s -w
shared = @QUIET=1 $(need) go modules cc && echo "building $(3)" && rm -f "$(3)" && $(4) GO="$(GO)" STRIP="$(strip)" capi/build.sh "$(3)" $(1) "$(2)"

# make V=1 shows the commands of the C compiler.
Q := $(if $(V),,@)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r t d; do printf '  %-18s %s\n' "$$t" "$$d"; done

include tests/tools/tools.mk

# --- build

.PHONY: build
build: need-go need-cc $(B)/libtempfile.so beside-python man ## build/libtempfile.so, a copy beside the Python package, and the man pages

$(B)/libtempfile.so.$(VERSION): $(go_sources)
	@mkdir -p $(B)
	$(call shared,libtempfile.map,,$@)

$(B)/libtempfile.so: $(B)/libtempfile.so.$(VERSION)
	@ln -sf $(<F) $(B)/$(SONAME)
	@ln -sf $(SONAME) $@

# The package's copy is the one for this machine's own Python.
.PHONY: beside-python
ifeq ($(B),build)
beside-python: python/libtempfile/libtempfile.so
else
beside-python:
	@echo "the library is in $(B); the copy beside the Python package is another one's, and stays as it is"
endif

# Put there by a rename: writing into a library that a process has loaded would kill it.
python/libtempfile/libtempfile.so: $(B)/libtempfile.so.$(VERSION)
	@cp $< $@.new && mv $@.new $@

# Builds for tests only: with hooks, without the reserve of stack and the pauses that controls must fail for want of, and one
# that starts Go at load.
$(B)/hooks/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(B)/unreserved/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks$(comma)tempfile_no_reserve,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(B)/eager/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks$(comma)tempfile_eager,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

comma := ,

# --- generated files

.PHONY: header check-header
header: need-go ## write include/tempfile.h, the shims and the symbol map from capi/export_*.go
	cd capi && $(go_here) run ./internal/genapi

check-header: need-go ## fail if a generated file is not what make header would write
	@rm -rf $(B)/generated && mkdir -p $(B)/generated
	@cd capi && $(go_here) run ./internal/genapi -root ../$(B)/generated
	@for f in include/tempfile.h capi/public_gen.h capi/shims_gen.c capi/libtempfile.map capi/libtempfile_hooks.map; do \
	  cmp -s $$f $(B)/generated/$$f || { echo "FAIL  check-header  $$f has drifted from capi/export_*.go: run 'make header'"; exit 1; }; done
	@echo "ok    check-header  the generated files agree with the exports"

.PHONY: check-c check-symbols check-hardening check-creations
check-c: need-cc ## the header alone compiles in every C from 99 and C++ from 11 on
	@for std in c99 c11 c17 c2x; do \
	  echo '#include "tempfile.h"' | $(CC) -std=$$std $(strict) -x c - || exit 1; done
	@if command -v $(CXX) >/dev/null 2>&1; then for std in c++11 c++14 c++17 c++20; do \
	  printf '#include "tempfile.h"\ntempfile_options options = TEMPFILE_OPTIONS_INIT;\n' | $(CXX) -std=$$std $(strict) -x c++ - || exit 1; done; \
	  else echo "skip  check-c  $(CXX) is missing, so C++ was not tried (apt-get install g++)"; fi
	@echo "ok    check-c  the header compiles by itself"

strict := -Wall -Wextra -Werror -pedantic -Iinclude -fsyntax-only

check-symbols: need-cc $(B)/libtempfile.so $(B)/tests/c/whole_header ## header, library and test know the same functions
	@tests/package/check-symbols include/tempfile.h $(B)/libtempfile.so capi/libtempfile.map $(B)/tests/c/whole_header

check-hardening: need-cc $(B)/libtempfile.so ## the library has what the compiler and linker can do against exploits
	@CC="$(CC)" tests/tools/lines check-hardening tests/package/check-hardening $(B)/libtempfile.so

check-creations: need-cc $(B)/tests/c/whole_header ## under strace, every file is created with O_EXCL, and TMPDIR ends empty
	@tests/c/check-creations $(B) $(B)/tests/c/whole_header

.PHONY: check-variables
check-variables: need-cc ## the build refuses variables of C that a restart of Go would put back
	@tests/package/check-variables "$(CC)"

.PHONY: check-layers
check-layers: need-go need-cc ## no group of capi's C and no package of the core uses one after it
	@tests/check-layers "$(CC)" "$(GO)"

.PHONY: check-pure
check-pure: need-go ## the core builds, vets and passes its tests without cgo
	CGO_ENABLED=0 $(GO) build ./core/...
	CGO_ENABLED=0 $(GO) vet ./core/...
	CGO_ENABLED=0 $(GO) test ./core/...
	@deps=$$(CGO_ENABLED=1 $(GO) list -deps -tags=osusergo ./core/...) || exit 1; \
	  if echo "$$deps" | grep -x runtime/cgo; then echo "FAIL  check-pure  the core depends on cgo"; exit 1; fi
	@echo "ok    check-pure  the core is pure Go"

# On systems other than Linux the core does what the standard library can, see core/system/kernel_portable.go: that is tried here. What
# is skipped removes directories that are not empty, or makes each call fail on the way.
other_systems := darwin windows freebsd
linux_only := ^(TestEveryCallFails|TestCallsKeepFailing|TestRegisteredDirectory|TestRemovalErrors|ExampleTemporaryDirectory|ExampleStartRemoval)$$

.PHONY: check-other-systems
check-other-systems: need-go ## the core builds and vets for macOS, Windows and FreeBSD, and what it has for them works
	@for system in $(other_systems); do \
	  echo "GOOS=$$system go build, go vet ./core/..."; \
	  GOOS=$$system CGO_ENABLED=0 $(GO) build ./core/... && GOOS=$$system CGO_ENABLED=0 $(GO) vet ./core/... || exit 1; done
	$(GO) vet -tags=tempfile_portable ./core/...
	$(GO) test -tags=tempfile_portable -skip='$(linux_only)' ./core/...
	@echo "ok    check-other-systems  the core compiles for $(other_systems)"

# --- demo

demo_sources := $(wildcard bindings/c/demo/*.c)

.PHONY: demo
demo: need-all need-tar need-python build $(B)/demo ## Go's own library in C, Python's own in Python, through every class; 250 MB in TMPDIR
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" $(B)/demo "$$($(GO) env GOROOT)/src" cmd
	@PYTHONPATH=python $(PYTHON) python/demo.py

$(B)/demo: $(demo_sources) $(wildcard bindings/c/demo/*.h) include/tempfile.h $(B)/libtempfile.so
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $(demo_sources) -o $@ -L$(B) -ltempfile

# --- tests, bindings

include tests/tests.mk tests/c/sanitized/sanitized.mk tests/python/python.mk tests/bench/bench.mk
include bindings/cpp/cpp.mk bindings/install.mk bindings/docs.mk bindings/abi.mk bindings/wheel.mk python/format.mk
include tests/c/ports/ports.mk

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build $(B) python/libtempfile/libtempfile.so*
