# make help lists the targets. If a target needs more than Go, a C compiler and make, it names what is missing.

ifeq ($(wildcard capi/build.sh),)
$(error make works in the tree alone: make -C '$(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))')
endif
VERSION := $(shell sed -n 's/^\#define TEMPFILE_VERSION "\(.*\)"/\1/p' capi/types.h)
SONAME := libtempfile.so.$(firstword $(subst ., ,$(VERSION)))
GO ?= go
# GO=go CC=gcc CXX=g++ PYTHON=python3 ## variables: the commands to use
ifeq ($(origin CC),default) # make sets CC to cc itself, so ?= would not set it
CC := gcc
endif
CXX ?= g++
PYTHON ?= python3
# DESTDIR=/stage prefix=/usr ## variables: where make install puts things; also libdir, includedir, mandir
prefix ?= /usr/local
libdir ?= $(prefix)/lib
includedir ?= $(prefix)/include

# A build for another processor or C library has a folder of its own below build: CC=musl-gcc makes build/musl, GOARCH=arm64
# CC=aarch64-linux-gnu-gcc makes build/arm64.
other_arch := $(if $(GOARCH),$(filter-out $(shell $(GO) env GOHOSTARCH 2>/dev/null),$(GOARCH)))
other_libc := $(shell macros=$$(printf '\043include <features.h>\n' | $(CC) -E -dM - 2>/dev/null) || exit 0; \
  echo "$$macros" | grep -q __GLIBC__ && its=glibc || its=musl; \
  getconf GNU_LIBC_VERSION >/dev/null 2>&1 && own=glibc || own=musl; [ $$its = $$own ] || echo $$its)
B := build$(addprefix /,$(other_libc))$(addprefix /,$(other_arch))
# The generators always run on this machine, also in a build for another one.
go_here := env -u GOARCH -u GOOS CGO_ENABLED=0 $(GO)
CFLAGS ?= -O2 -g
WARN := -std=c11 -Wall -Wextra -Werror
go_sources := Makefile capi/capi.mk go.mod go.sum \
  $(shell find core capi -name '*.go' -not -name '*_test.go' -not -path 'capi/internal/gen*') \
  $(wildcard capi/*.c capi/*.h capi/*.map capi/*.sh capi/stack/*.s)

# $(call shared,MAP,TAGS,OUTPUT,ENVIRONMENT) builds a library with capi/build.sh. It asks for Go and a compiler only when it
# builds, because make install of a finished library needs neither.
strip := -s -w
shared = @QUIET=1 $(need) go modules cc && echo "building $(3)" && rm -f "$(3)" && \
  $(4) GO="$(GO)" STRIP="$(strip)" capi/build.sh "$(3)" $(1) "$(2)"

# V=1 ## variables: show the commands of the C compiler
Q := $(if $(V),,@)

.DEFAULT_GOAL := help

.PHONY: help
help: ## build: list the targets and variables
	@awk -f tests/tools/help.awk $(MAKEFILE_LIST)

include tests/tests.mk tests/tools/tools.mk tests/tools/format.mk

# --- build

.PHONY: build
build: need-go need-cc $(B)/libtempfile.so $(B)/tempfile-recover beside-python man ## build: library, program, man pages

$(B)/libtempfile.so.$(VERSION): $(go_sources)
	@mkdir -p $(B)
	$(call shared,libtempfile.map,,$@)

$(B)/libtempfile.so: $(B)/libtempfile.so.$(VERSION)
	@ln -sf $(<F) $(B)/$(SONAME)
	@ln -sf $(SONAME) $@

# The copy beside the Python package is always the library for this machine.
.PHONY: beside-python
ifeq ($(B),build)
beside-python: python/libtempfile/libtempfile.so
else
beside-python:
	@echo "the library is in $(B); the copy beside the Python package is another one's, and stays as it is"
endif

# The copy is renamed into place. Writing into a library that a process has loaded would crash the process.
python/libtempfile/libtempfile.so: $(B)/libtempfile.so.$(VERSION)
	@cp $< $@.new && mv $@.new $@

# --- a fragment for each part of the tree, beside its sources; make help lists their targets in this order

include capi/capi.mk core/core.mk
include tests/c/c.mk tests/c/sanitized/sanitized.mk tests/c/ports/ports.mk
include bindings/c/c.mk bindings/cpp/cpp.mk bindings/c/install/install.mk bindings/docs/docs.mk
include tests/python/python.mk tests/host/host.mk tests/host/publish/publish.mk
include tests/package/package.mk tests/vectors/vectors.mk
include tests/bench/bench.mk python/wheel.mk python/format.mk

.PHONY: clean
clean: ## build: remove everything that was built
	rm -rf build $(B) python/libtempfile/libtempfile.so*
