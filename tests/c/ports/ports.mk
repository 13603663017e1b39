# The C tests with the other C library, on the other processor, and with each supported version of Go. Each build has a
# folder of its own, so that its files do not mix with those of this machine.

# Programs that load the library at run time. With musl, Go then uses a word of musl's thread block.
all_port_tests := $(patsubst %.c,$(B)/%,$(call port_sources,*))
port_tests := $(if $(TESTS),$(foreach name,$(TESTS),$(patsubst %.c,$(B)/%,$(call port_sources,$(name)))),$(all_port_tests))

.PHONY: test-dlopen
test-dlopen: $(port_tests)
	$(if $(port_tests),@tests/tools/lines ports tests/c/run "$(CURDIR)/$(B)/hooks" $(port_tests))

$(all_port_tests): $(B)/%: %.c $(wildcard tests/c/ports/*.h) tests/c/check.h include/tempfile.h $(B)/hooks/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -ldl -lpthread

# musl-gcc finds musl's headers only, and some tests need the kernel's.
ifneq ($(other_libc),)
override CFLAGS += -idirafter $(B)/kernel
$(all_c_tests) $(all_port_tests): | $(B)/kernel
$(B)/kernel:
	@mkdir -p $@ && machine=$$($(CC) -dumpmachine) && for name in linux asm-generic asm; do \
	  for folder in /usr/$$machine/include /usr/include/$$machine /usr/include; do \
	  [ ! -d $$folder/$$name ] || [ -e $@/$$name ] || ln -s $$folder/$$name $@/$$name; done; done
endif

.PHONY: test-musl
test-musl: need-go ## test: the C tests with musl, where the library is loaded at run time too
	@if command -v musl-gcc >/dev/null 2>&1; then $(MAKE) --no-print-directory CC=musl-gcc test-c test-dlopen; \
	  else echo "skip  test-musl  musl-gcc is missing (apt-get install musl-tools)"; fi

# qemu-user runs the programs, with each thread and process as one of this machine, some ten times slower.
qemu := $(shell command -v qemu-aarch64-static || command -v qemu-aarch64)
arm64_cc := aarch64-linux-gnu-gcc

.PHONY: test-arm64
test-arm64: need-go ## test: the C tests on arm64, emulated
	@if ! command -v $(arm64_cc) >/dev/null 2>&1; then \
	    echo "skip  test-arm64  $(arm64_cc) is missing (apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross)"; \
	  elif [ -z "$(qemu)" ]; then \
	    echo "skip  test-arm64  qemu-aarch64-static is missing (apt-get install qemu-user-static)"; \
	  else \
	    TEST_SECONDS=$${TEST_SECONDS:-100} SKIPS=tests/c/ports/arm64.skips EMULATOR=$(qemu) \
	    QEMU_LD_PREFIX=/usr/aarch64-linux-gnu $(MAKE) --no-print-directory GOARCH=arm64 CC=$(arm64_cc) test-c; fi

# Every version in capi/build.sh except this machine's own, which make test-c runs.
go_versions = $(shell sed -n "s/^tested='\(.*\)'$$/\1/p" capi/build.sh)

.PHONY: test-go-versions
test-go-versions: need-go need-cc ## test: the C tests with each version of Go that is known
	@for version in $(go_versions); do \
	  if [ "$$($(GO) env GOVERSION)" = "go$$version" ]; then \
	    echo "skip  test-go-versions  $$version is this machine's own, and make test-c runs it"; \
	  elif ! said=$$(GOTOOLCHAIN=go$$version $(GO) version 2>&1); then \
	    echo "skip  test-go-versions  $$version cannot be had: $$said"; \
	  else \
	    echo "test-go-versions: $$said"; \
	    GOTOOLCHAIN=go$$version $(MAKE) --no-print-directory B=$(B)/go$$version test-c || exit 1; \
	  fi; done
