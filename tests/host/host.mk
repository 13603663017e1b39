# The library as a guest in other programs, and under faults.

parts += test-faults test-recovery

# C tests that find more if they run longer and more often. make test-c runs them once, like all others.
long_tests := $(addprefix $(B)/tests/c/,fork_adopt fork_busy_hooks fork_chain fork_first_call fork_generations fork_handler \
  fork_loader fork_threads signals_hooks)

.PHONY: guest
guest: build $(long_tests) $(guest_tests) $(hook_libraries) ## test: forks and signals for longer, and other runtimes
	@SIGNAL_SECONDS=$${SIGNAL_SECONDS:-60} \
	  tests/tools/lines guest tests/host/guest/run "$(CURDIR)/$(B)" $(long_tests) $(guest_tests)

# Faults, injected by strace.
fault_programs := $(addprefix $(B)/tests/host/faults/,driver large creation/creation creation/creation-go)

# ROWS="3 25" ## variables: the rows of make faults
# ELSEWHERE=no ## variables: make faults leaves out the rows that are tests of the core and of C
.PHONY: faults test-faults
faults: build need-python $(all_c_tests) $(hook_libraries) $(fault_programs) ## test: every fault of the matrix, under strace
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --big $(if $(ELSEWHERE),--own) $(ROWS)

test-faults: build need-python $(fault_programs) ## test: the quick part of make faults
	@tests/tools/lines faults $(PYTHON) -B tests/host/faults/run.py $(B) --quick

$(B)/tests/host/faults/%: tests/host/faults/%.c $(wildcard tests/host/faults/*.h) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile

$(B)/tests/host/faults/creation/creation-go: tests/host/faults/creation/go/main.go $(go_sources)
	@mkdir -p $(@D)
	$(Q)$(GO) build -trimpath -buildvcs=false -o $@ ./tests/host/faults/creation/go

# Processes that journal what they make, killed, and what recovery leaves of them.
recovery_programs := $(B)/tests/host/recovery/driver $(B)/tempfile-recover

# RECOVERY_SECONDS=300 ## variables: how long make recovery kills at random moments
# RECOVERY_ROWS="locked sizes" ## variables: the rows of make recovery
.PHONY: recovery test-recovery
recovery: build need-python $(recovery_programs) ## test: SIGKILL at each system call and at random moments, then recovery
	@tests/tools/lines recovery $(PYTHON) -B tests/host/recovery/run.py $(B) $${RECOVERY_SECONDS:-300} $(RECOVERY_ROWS)

test-recovery: build need-python $(recovery_programs) ## test: make recovery with ten seconds of random moments
	@tests/tools/lines recovery $(PYTHON) -B tests/host/recovery/run.py $(B) $${RECOVERY_SECONDS:-10} $(RECOVERY_ROWS)

$(B)/tests/host/recovery/driver: tests/host/recovery/driver.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile -pthread
