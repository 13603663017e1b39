# The C tests. Each program in tests/c and tests/c/misuse is a test. One with a name in *_hooks needs the library with hooks.

parts += test-c

# The sources of a test, by its name or by a pattern.
c_sources = $(wildcard tests/c/$(1).c tests/c/misuse/$(1).c)
port_sources = $(wildcard tests/c/ports/$(1).c)

# TESTS="exit fork_*" ## variables: the C tests to run: of make test, test-c, test-musl and test-arm64
unknown := $(strip $(foreach name,$(TESTS),$(if $(call c_sources,$(name))$(call port_sources,$(name)),,$(name))))
ifneq ($(unknown),)
$(error no C test is named $(unknown))
endif
guest_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/host/guest/*.c))
all_c_tests := $(patsubst %.c,$(B)/%,$(call c_sources,*))
c_tests := $(sort $(if $(TESTS),$(foreach name,$(TESTS),$(patsubst %.c,$(B)/%,$(call c_sources,$(name)))),$(all_c_tests)))
hook_tests := $(filter %_hooks,$(c_tests))
plain_tests := $(filter-out %_hooks,$(c_tests))
# These must fail with a library that starts Go at load.
lazy_tests := $(filter $(foreach name,lazy lazy_linked start_quiet refused_reasons,$(B)/tests/c/$(name)),$(c_tests))

hook_libraries := $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so

.PHONY: test-c
c_libraries := $(if $(hook_tests),$(hook_libraries)) $(if $(lazy_tests),$(B)/eager/libtempfile.so)

test-c: build $(c_tests) $(c_libraries) ## test: the C tests: forks, signals, misuse, vectors
	@code=0; \
	  $(if $(plain_tests),tests/tools/lines c tests/c/run "$(CURDIR)/$(B)" $(plain_tests) || code=1;) \
	  $(if $(hook_tests),tests/tools/lines c-hooks tests/c/run "$(CURDIR)/$(B)/hooks" $(hook_tests) || code=1;) \
	  $(if $(lazy_tests),tests/tools/lines c-controls tests/c/controls "$(CURDIR)/$(B)/eager" $(lazy_tests) || code=1;) \
	  exit $$code

# A short test of every part of the library, for make check.
smoke_tests := $(addprefix $(B)/tests/c/,whole_header vectors exit environment lazy umask)

.PHONY: smoke
smoke: build $(smoke_tests)
	@tests/tools/lines smoke tests/c/run "$(CURDIR)/$(B)" $(smoke_tests)

c_headers := $(wildcard tests/c/*.h tests/c/misuse/*.h) include/tempfile.h
c_flags = $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude -Itests/c
# Quoted for a shell: the path may contain a space or an apostrophe.
vectors = -DVECTORS="\"$(CURDIR)/tests/vectors\""

$(filter-out %_hooks,$(all_c_tests) $(guest_tests)): $(B)/%: %.c $(c_headers) $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(c_flags) $(vectors) $< -o $@ -Wl,--as-needed -L$(B) -ltempfile -lpthread

$(filter %_hooks,$(all_c_tests) $(guest_tests)): $(B)/%: %.c $(c_headers) $(B)/hooks/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(c_flags) $< -o $@ -L$(B)/hooks -ltempfile -lpthread
