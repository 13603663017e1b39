# The library as a guest in other programs, and in trouble.

parts += test-faults

# The C tests that make guest runs longer, and programs that take long or need more of the machine.
long_tests := $(addprefix $(B)/tests/c/,cleanup coroutines descriptors% environment exit exit_% file_size fork_% identity% lazy% limits refused% register \
  secure signals_% start_% threads umask)

.PHONY: guest
guest: build $(all_c_tests) $(guest_tests) $(hook_libraries) $(B)/eager/libtempfile.so ## test: forks, signals, limits, threads, exits, other runtimes: a line each
	@SIGNAL_SECONDS=$${SIGNAL_SECONDS:-60} tests/tools/lines guest tests/host/guest/run "$(CURDIR)/$(B)" $(sort $(filter $(long_tests),$(all_c_tests)) $(guest_tests))

# Faults, made to happen under strace.
fault_programs := $(addprefix $(B)/tests/host/faults/,driver large creation/creation creation/creation-go)

# ROWS="3 25" ## variables: the rows of make faults
.PHONY: faults test-faults
faults: build need-python $(all_c_tests) $(hook_libraries) $(fault_programs) ## test: make every fault of the matrix happen under strace, and print what was seen
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --big $(ROWS)

test-faults: build need-python $(fault_programs) ## test: the quick part of make faults
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --quick

$(B)/tests/host/faults/%: tests/host/faults/%.c $(wildcard tests/host/faults/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile

$(B)/tests/host/faults/creation/creation-go: tests/host/faults/creation/go/main.go $(go_sources)
	@mkdir -p $(@D)
	$(Q)$(GO) build -trimpath -buildvcs=false -o $@ ./tests/host/faults/creation/go
