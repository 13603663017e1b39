# make help lists the targets. What a target needs beyond Go, a C compiler and make is named if it is missing.

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

B := build
CFLAGS ?= -O2 -g
WARN := -std=c11 -Wall -Wextra -Werror
go_sources := Makefile go.mod go.sum $(shell find core capi -name '*.go' -not -name '*_test.go') $(wildcard capi/*.c capi/*.h capi/*.map capi/stack/*.s)

# No SIGURG may go to threads whose SIGURG was given back to the host, and a stack that was grown for a host's signal
# handlers must stay so. The runtime would keep two descriptors open on the cgroup's files to follow its share of processors,
# which a guest has no use for. osusergo: the user's home is read without the C library, which may load modules for it.
godebug := -X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0
link = -Wl,-soname,$(SONAME) -Wl,--build-id=sha1 -Wl,--version-script=$(CURDIR)/capi/$(1)
shared = $(GO) build -buildmode=c-shared -trimpath -buildvcs=false -tags=osusergo$(1) -ldflags="-s -w -buildid= $(godebug) -extldflags '$(call link,$(2))'" -o $(3) ./capi && rm -f $(basename $(3)).h

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

.PHONY: check-c check-symbols
check-c: need-cc ## the header alone compiles in every C from 99 and C++ from 11 on
	@for std in c99 c11 c17 c2x; do \
	  echo '#include "tempfile.h"' | $(CC) -std=$$std $(strict) -x c - || exit 1; done
	@if command -v $(CXX) >/dev/null 2>&1; then for std in c++11 c++14 c++17 c++20; do \
	  printf '#include "tempfile.h"\ntempfile_options options = TEMPFILE_OPTIONS_INIT;\n' | $(CXX) -std=$$std $(strict) -x c++ - || exit 1; done; \
	  else echo "skip  check-c: $(CXX) is missing, so C++ was not tried (apt-get install g++)"; fi
	@echo "check-c: the header compiles by itself"

strict := -Wall -Wextra -Werror -pedantic -Iinclude -fsyntax-only

check-symbols: need-cc $(B)/libtempfile.so $(B)/tests/c/whole_header ## header, library and test know the same functions
	@tests/check-symbols include/tempfile.h $(B)/libtempfile.so capi/libtempfile.map $(B)/tests/c/whole_header

# --- tests

.PHONY: check-vectors
check-vectors: need-python ## fail if the shared vectors are not what CPython answers
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then $(PYTHON) tests/vectors/generate.py --check; \
	  else echo "skip  check-vectors: $(PYTHON) is older than 3.11"; fi

.PHONY: test test-core test-c
test: test-core test-c ## run every test

test-core: need-go ## the core's own tests
	$(GO) test ./core/... ./capi/internal/...

# Each program in tests/c and tests/misuse is a test; those named *_hooks need the build with hooks.
c_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/c/*.c tests/misuse/*.c))
hook_tests := $(filter %_hooks,$(c_tests))
plain_tests := $(filter-out %_hooks,$(c_tests))

test-c: build $(c_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so ## the C tests: forks, signals, misuse, vectors
	@tests/run $(CURDIR)/$(B) $(plain_tests)
	@tests/run $(CURDIR)/$(B)/hooks $(hook_tests)

$(plain_tests): $(B)/%: %.c $(wildcard tests/c/*.h tests/misuse/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -DVECTORS='"$(CURDIR)/tests/vectors"' -Iinclude -Itests/c $< -o $@ -Wl,--as-needed -L$(B) -ltempfile -lpthread

$(hook_tests): $(B)/%: %.c $(wildcard tests/c/*.h tests/misuse/*.h) include/tempfile.h $(B)/hooks/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude -Itests/c $< -o $@ -L$(B)/hooks -ltempfile -lpthread

# The same programs with AddressSanitizer and UndefinedBehaviorSanitizer, in them and in the library's C code. Go's own
# memory is not theirs to judge. A request for more memory than there is must be refused, as malloc does it.
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
sanitized_tests := $(patsubst %.c,$(B)/sanitized/%,$(wildcard tests/c/vectors.c tests/c/whole_header.c tests/misuse/*.c))
sanitized_control := $(B)/sanitized/tests/sanitized/use_after_free

.PHONY: test-sanitized
test-sanitized: need-go need-cc ## the misuse tests and vectors with gcc's sanitizers
	@mkdir -p $(B)/sanitized
	@if echo 'int main(void) { return 0; }' | $(CC) $(sanitizers) -x c - -o $(B)/sanitized/probe 2>/dev/null && $(B)/sanitized/probe; \
	  then $(MAKE) --no-print-directory run-sanitized; \
	  else echo "skip  test-sanitized: $(CC) has no -fsanitize=address,undefined (apt-get install libasan8 libubsan1)"; fi

.PHONY: run-sanitized
run-sanitized: $(sanitized_tests) $(sanitized_control)
	@ASAN_OPTIONS=allocator_may_return_null=1 TEST_SECONDS=600 tests/run $(CURDIR)/$(B)/sanitized $(sanitized_tests)
	@LD_LIBRARY_PATH=$(B)/sanitized $(sanitized_control) 2>&1 | grep -q heap-use-after-free || { echo "the sanitizers catch nothing"; exit 1; }
	@echo "the control was caught"

$(B)/sanitized/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	@rm -f $@
	CGO_CFLAGS="-g -O1 $(sanitizers)" CGO_LDFLAGS="$(sanitizers)" $(call shared,$(comma)tempfile_hooks,libtempfile_hooks.map,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(sanitized_tests) $(sanitized_control): $(B)/sanitized/%: %.c $(wildcard tests/c/*.h tests/misuse/*.h) include/tempfile.h $(B)/sanitized/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) -g -O1 $(sanitizers) -D_GNU_SOURCE -DVECTORS='"$(CURDIR)/tests/vectors"' -Iinclude -Itests/c $< -o $@ -L$(B)/sanitized -ltempfile -lpthread

# --- demo, examples, README

test: test-demo test-examples test-readme

demo_sources := $(wildcard bindings/c/demo/*.c)

.PHONY: demo
demo: build $(B)/demo ## Go's standard library through every class and a fork; needs 250 MB in TMPDIR
	@LD_LIBRARY_PATH=$(CURDIR)/$(B) $(B)/demo "$$($(GO) env GOROOT)/src" cmd

$(B)/demo: $(demo_sources) $(wildcard bindings/c/demo/*.h) include/tempfile.h $(B)/libtempfile.so
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $(demo_sources) -o $@ -L$(B) -ltempfile

.PHONY: test-demo
test-demo: build $(B)/demo ## the demo passes, and fails loudly with a tar that does damage
	@LD_LIBRARY_PATH=$(CURDIR)/$(B) tests/demo/run $(B)/demo

# Each program in bindings/c/examples, as a user compiles it: against the public header alone.
examples := $(wildcard bindings/c/examples/*.c)

.PHONY: test-examples
test-examples: build $(examples:%.c=$(B)/%) ## the C examples print what their sources say
	@LD_LIBRARY_PATH=$(CURDIR)/$(B) tests/examples/run $(B)/bindings/c/examples $(examples)

$(examples:%.c=$(B)/%): $(B)/%: %.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_POSIX_C_SOURCE=200809L -Iinclude $< -o $@ -L$(B) -ltempfile

.PHONY: test-readme
test-readme: build need-python ## the README's examples run, its targets and paths exist
	@$(PYTHON) tests/readme/run.py "$(CURDIR)" "$(CC)" "$(GO)"

# --- installation

test: test-install

pkgconfigdir ?= $(libdir)/pkgconfig
INSTALL ?= install

# Written anew each time: it depends on the folders that were asked for.
.PHONY: pkg-config
pkg-config: ## build/libtempfile.pc, for prefix, libdir and includedir
	@mkdir -p $(B)
	@sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' -e 's|@includedir@|$(includedir)|' -e 's|@version@|$(VERSION)|' \
	  bindings/c/libtempfile.pc.in >$(B)/libtempfile.pc

.PHONY: install uninstall
install: $(B)/libtempfile.so pkg-config ## library, header and .pc file into DESTDIR, prefix, libdir, includedir
	$(INSTALL) -d "$(DESTDIR)$(libdir)" "$(DESTDIR)$(includedir)" "$(DESTDIR)$(pkgconfigdir)"
	$(INSTALL) -m 755 $(B)/libtempfile.so.$(VERSION) "$(DESTDIR)$(libdir)"
	ln -sf libtempfile.so.$(VERSION) "$(DESTDIR)$(libdir)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(libdir)/libtempfile.so"
	$(INSTALL) -m 644 include/tempfile.h "$(DESTDIR)$(includedir)"
	$(INSTALL) -m 644 $(B)/libtempfile.pc "$(DESTDIR)$(pkgconfigdir)"
	@[ -n "$(DESTDIR)" ] || echo "now run ldconfig as root, so that the loader finds $(SONAME) in $(libdir)"

uninstall: ## remove what install put there
	rm -f "$(DESTDIR)$(libdir)/libtempfile.so" "$(DESTDIR)$(libdir)/$(SONAME)" "$(DESTDIR)$(libdir)/libtempfile.so.$(VERSION)"
	rm -f "$(DESTDIR)$(includedir)/tempfile.h" "$(DESTDIR)$(pkgconfigdir)/libtempfile.pc"

.PHONY: test-install
test-install: build ## install into a folder, build an example with pkg-config, uninstall
	@tests/install/run "$(MAKE)" "$(CC)" bindings/c/examples/named.c $(VERSION)

# --- faults

test: test-faults

.PHONY: faults test-faults
faults: build need-python $(c_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so $(B)/tests/faults/driver $(B)/tests/faults/large ## make every fault of the matrix happen under strace, and print what was seen
	@$(PYTHON) -B tests/faults/run.py $(B) --big $(ROWS)

test-faults: build need-python $(B)/tests/faults/driver $(B)/tests/faults/large ## the quick part of make faults
	@$(PYTHON) -B tests/faults/run.py $(B) --quick

$(B)/tests/faults/%: tests/faults/%.c $(wildcard tests/faults/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile

# --- fuzzing

FUZZ_SECONDS ?= 10

.PHONY: fuzz
fuzz: need-go ## every fuzz target of the core for FUZZ_SECONDS each
	@targets=$$(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' core/*_test.go); [ -n "$$targets" ] || { echo "there is no fuzz target"; exit 1; }; \
	  for target in $$targets; do echo "fuzz  $$target"; \
	  $(GO) test ./core -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZ_SECONDS)s -parallel=2 || exit 1; done

# --- checks and figures

.PHONY: check-pure
check-pure: need-go ## the core builds, vets and passes its tests without cgo
	CGO_ENABLED=0 $(GO) build ./core/...
	CGO_ENABLED=0 $(GO) vet ./core/...
	CGO_ENABLED=0 $(GO) test ./core/...
	@deps=$$(CGO_ENABLED=1 $(GO) list -deps -tags=osusergo ./core/...) || exit 1; \
	  if echo "$$deps" | grep -x runtime/cgo; then echo "the core depends on cgo"; exit 1; fi
	@echo "check-pure: the core is pure Go"

.PHONY: bench
bench: build $(B)/bench ## what mkstemp, named and spooled files cost beside the bare system calls
	@LD_LIBRARY_PATH=$(CURDIR)/$(B) $(B)/bench

$(B)/bench: tests/bench/bench.c include/tempfile.h $(B)/libtempfile.so
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile

.PHONY: bench-removal
bench-removal: build need-python ## what removing a tree costs beside rm -rf and shutil.rmtree
	@$(PYTHON) -B tests/bench/removal.py $(B)/libtempfile.so $(BENCH_FILES) $(BENCH_ROUNDS)

.PHONY: clean
clean: ## remove everything that was built
	rm -rf $(B) python/libtempfile/libtempfile.so*
