# The tests: make test is all of them. Those of the C++ binding and of the installation add themselves, in bindings/. Each part
# runs though another has failed, and leaves its count in a folder, from which the last line is made.

.PHONY: test test-parts test-core test-c
test: need-all ## run every test; the last line counts them all
	@rm -rf $(B)/tally && mkdir -p $(B)/tally
	+@TALLY="$(CURDIR)/$(B)/tally" $(MAKE) --no-print-directory -k test-parts || : >$(B)/tally/failed
	@tests/tools/total $(B)/tally

test-parts: test-core test-c test-this-python test-demo test-examples test-readme test-first test-faults

test-core: need-go ## the core's own tests
	@tests/tools/lines core tests/tools/go-test "$(GO)" ./core/... ./capi/internal/...

# Each program in tests/c and tests/c/misuse is a test; those named *_hooks need the build with hooks.
c_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/c/*.c tests/c/misuse/*.c))
# Those in tests/host/guest take long, or need more of the machine: make guest runs them.
guest_programs := $(foreach name,cleanup coroutines descriptors% environment exit exit_% file_size fork_% identity% lazy% limits refused% register secure signals_% start_% threads umask,$(filter $(B)/tests/c/$(name),$(c_tests)))
guest_tests := $(patsubst %.c,$(B)/%,$(wildcard tests/host/guest/*.c))
hook_tests := $(filter %_hooks,$(c_tests))
plain_tests := $(filter-out %_hooks,$(c_tests))
plain_guests := $(filter-out %_hooks,$(guest_tests))
hook_guests := $(filter %_hooks,$(guest_tests))

# These must fail where Go starts at load.
lazy_tests := $(foreach name,lazy lazy_linked start_quiet refused_reasons,$(B)/tests/c/$(name))

test-c: build $(c_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so $(B)/eager/libtempfile.so ## the C tests: forks, signals, misuse, vectors
	@code=0; tests/tools/lines c tests/c/run "$(CURDIR)/$(B)" $(plain_tests) || code=1; \
	  tests/tools/lines c-hooks tests/c/run "$(CURDIR)/$(B)/hooks" $(hook_tests) || code=1; \
	  tests/tools/lines c-controls tests/c/controls "$(CURDIR)/$(B)/eager" $(lazy_tests) || code=1; exit $$code

# For a shell, which may find a space or an apostrophe in the path.
vectors = -DVECTORS="\"$(CURDIR)/tests/vectors\""

$(plain_tests) $(plain_guests): $(B)/%: %.c $(wildcard tests/c/*.h tests/c/misuse/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE $(vectors) -Iinclude -Itests/c $< -o $@ -Wl,--as-needed -L$(B) -ltempfile -lpthread

$(hook_tests) $(hook_guests): $(B)/%: %.c $(wildcard tests/c/*.h tests/c/misuse/*.h) include/tempfile.h $(B)/hooks/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude -Itests/c $< -o $@ -L$(B)/hooks -ltempfile -lpthread

# The same programs for longer, those that take long, and the other runtimes that the machine has.
.PHONY: guest
guest: build $(c_tests) $(guest_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so $(B)/eager/libtempfile.so ## forks, signals, limits, threads, exits, other runtimes: a line each
	@SIGNAL_SECONDS=$${SIGNAL_SECONDS:-60} tests/tools/lines guest tests/host/guest/run "$(CURDIR)/$(B)" $(sort $(guest_programs) $(guest_tests))

.PHONY: check-vectors
check-vectors: need-python ## fail if the shared vectors are not what CPython answers
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then tests/tools/lines check-vectors $(PYTHON) tests/vectors/generate.py --check; \
	  else echo "skip  check-vectors  $(PYTHON) is older than 3.11"; fi

.PHONY: check-text-vectors
check-text-vectors: need-python ## fail if the text vectors are not what CPython answers
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then tests/tools/lines check-text-vectors $(PYTHON) tests/vectors/generate_text.py --check; \
	  else echo "skip  check-text-vectors  $(PYTHON) is older than 3.9"; fi

.PHONY: test-demo
test-demo: need-tar build $(B)/demo ## the demo passes, and fails loudly with a tar that does damage
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" tests/tools/lines demo tests/package/demo $(B)/demo

# Each program in bindings/c/examples, as a user compiles it: against the public header alone.
examples := $(wildcard bindings/c/examples/*.c)

.PHONY: test-examples
test-examples: build $(examples:%.c=$(B)/%) ## the C examples print what their sources say
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" tests/tools/lines examples tests/package/examples $(B)/bindings/c/examples $(examples)

$(examples:%.c=$(B)/%): $(B)/%: %.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_POSIX_C_SOURCE=200809L -Iinclude $< -o $@ -L$(B) -ltempfile

.PHONY: test-readme
test-readme: build need-python ## the programs of the README and the guides run; the README's targets and paths exist
	@tests/tools/lines readme $(PYTHON) tests/package/readme.py "$(CURDIR)" "$(CC)" "$(CXX)" "$(GO)"

.PHONY: test-first
test-first: build $(B)/bindings/c/examples/named ## what a machine lacks, and a slip, are one clear line each
	@tests/tools/lines first tests/package/first "$(MAKE)" "$(GO)" $(VERSION) $(B)/bindings/c/examples/named

.PHONY: test-fresh
test-fresh: need-go ## make demo and make test on a minimal Debian 12, as root and as a user; 20 minutes or more, needs root and debootstrap
	@tests/tools/lines fresh tests/package/fresh "$(GO)"

# Faults, made to happen under strace, and inputs made up at random.
fault_programs := $(addprefix $(B)/tests/host/faults/,driver large creation/creation creation/creation-go)

.PHONY: faults test-faults
faults: build need-python $(c_tests) $(B)/hooks/libtempfile.so $(B)/unreserved/libtempfile.so $(fault_programs) ## make every fault of the matrix happen under strace, and print what was seen
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --big $(ROWS)

test-faults: build need-python $(fault_programs) ## the quick part of make faults
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --quick

$(B)/tests/host/faults/%: tests/host/faults/%.c $(wildcard tests/host/faults/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile

$(B)/tests/host/faults/creation/creation-go: tests/host/faults/creation/go/main.go $(go_sources)
	@mkdir -p $(@D)
	$(Q)$(GO) build -trimpath -buildvcs=false -o $@ ./tests/host/faults/creation/go

FUZZ_SECONDS ?= 10

.PHONY: fuzz
fuzz: need-go ## every fuzz target of the core for FUZZ_SECONDS each
	@targets=$$(grep -ro --include='*_test.go' '^func Fuzz[A-Za-z]*' core); [ -n "$$targets" ] || { echo "there is no fuzz target"; exit 1; }; \
	  echo "$$targets" | while IFS=: read -r file function; do target=$${function#func }; echo "fuzz  $$target"; \
	  $(GO) test "./$${file%/*}" -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZ_SECONDS)s -parallel=2 || exit 1; done

