# Publications that are interrupted: by signals, errors, other processes and power losses.

publish_programs := $(addprefix $(B)/tests/host/publish/,publisher storm)

# ROUNDS=20000 ## variables: how often each writer of make publish-crash writes beside the readers
ROUNDS ?= 100
.PHONY: publish-crash
publish-crash: build need-python $(publish_programs) ## test: publications interrupted at every system call
	@tests/tools/lines publish-crash $(PYTHON) -B tests/host/publish/run.py $(B) --rounds $(ROUNDS)

$(publish_programs): $(B)/%: %.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $< -o $@ -L$(B) -ltempfile
