# Measures the library's calls.

# BENCH_ROWS="C: " ## variables: the rows of make bench, by a part of their titles

# Workers run the measured jobs: in C with the library and without it, in Go, in Python, and in Rust if there is cargo.
bench_sources := $(addprefix tests/bench/,worker.c theirs.c theirs_io.c threads.c tree.c replace.c)
bench_headers := $(addprefix tests/bench/,worker.h io.h)
bench_ours := $(addprefix tests/bench/,ours.c ours_io.c)
bench_workers := $(B)/bench/worker $(B)/bench/worker-alone $(B)/bench/go

.PHONY: bench bench-quick bench-memory counts check-counts
bench: build need-python $(bench_workers) ## measure: speed beside other libraries' and the floor; 4 minutes
	@$(PYTHON) tests/bench/run.py

bench-quick: build need-python $(bench_workers) ## measure: every row of the bench, too briefly to say anything about speed
	@$(PYTHON) tests/bench/run.py --quick

memory_programs := $(bench_workers) $(B)/bench/first_use $(B)/bench/empty.so

bench-memory: build need-python $(memory_programs) ## measure: load, first calls and memory
	@$(PYTHON) tests/bench/memory.py

counts: build need-python $(bench_workers) ## build: write tests/bench/counts.json: system calls and instructions of a round
	@$(PYTHON) tests/bench/counts.py --write

check-counts: build need-python $(bench_workers) ## check: a round needs no more system calls and instructions
	@$(PYTHON) tests/bench/counts.py

$(B)/bench/worker: $(bench_sources) $(bench_ours) $(bench_headers) include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $(filter %.c,$^) -o $@ -L$(B) -ltempfile -lpthread

$(B)/bench/worker-alone: $(bench_sources) $(bench_headers)
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE $(filter %.c,$^) -o $@ -lpthread

$(B)/bench/first_use: tests/bench/first_use.c include/tempfile.h
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -ldl

$(B)/bench/empty.so:
	@mkdir -p $(@D)
	echo 'int empty;' | $(CC) $(CFLAGS) -shared -fPIC -x c - -o $@

$(B)/bench/go: $(wildcard tests/bench/go/*.go) $(go_sources)
	@mkdir -p $(@D)
	$(GO) build -trimpath -buildvcs=false -o $@ ./tests/bench/go

.PHONY: bench-removal
bench-removal: build need-python ## measure: what removing a tree costs beside rm -rf and shutil.rmtree
	@$(PYTHON) -B tests/bench/removal.py $(B)/libtempfile.so $(BENCH_FILES) $(BENCH_ROUNDS)

.PHONY: bench-recovery
bench-recovery: build $(B)/bench/recovery ## measure: the cost of recovery's journal, with and without it by turns
	@folder=$$(mktemp -d /dev/shm/bench-recovery.XXXXXX) && trap 'rm -rf "$$folder"' EXIT && \
	  LD_LIBRARY_PATH="$(CURDIR)/$(B)" $(B)/bench/recovery "$$folder"

$(B)/bench/recovery: tests/bench/recovery.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile
