# The C demo and examples.

parts += test-demo test-examples

demo_sources := $(wildcard bindings/c/demo/*.c)

.PHONY: demo
demo: need-all need-tar need-python build $(B)/demo ## build: every class at work; 250 MB in TMPDIR
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" $(B)/demo "$$($(GO) env GOROOT)/src" cmd
	@PYTHONPATH=python $(PYTHON) python/demo.py

$(B)/demo: $(demo_sources) $(wildcard bindings/c/demo/*.h) include/tempfile.h $(B)/libtempfile.so
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_GNU_SOURCE -Iinclude $(demo_sources) -o $@ -L$(B) -ltempfile

.PHONY: test-demo
test-demo: need-tar build $(B)/demo ## test: the demo passes, and fails loudly with a tar that does damage
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" tests/tools/lines demo tests/package/demo $(B)/demo

# The program for the command line, which make install installs.

$(B)/tempfile-recover: bindings/c/tools/tempfile-recover.c include/tempfile.h | $(B)/libtempfile.so
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_POSIX_C_SOURCE=200809L -Iinclude $< -o $@ -L$(B) -ltempfile $(LDFLAGS)

# Each program in bindings/c/examples is compiled as a user compiles it, with nothing but the public header.
examples := $(wildcard bindings/c/examples/*.c)

.PHONY: test-examples
test-examples: build $(examples:%.c=$(B)/%) ## test: the C examples print what their sources say
	@LD_LIBRARY_PATH="$(CURDIR)/$(B)" tests/tools/lines examples tests/package/examples $(B)/bindings/c/examples $(examples)

$(examples:%.c=$(B)/%): $(B)/%: %.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -D_POSIX_C_SOURCE=200809L -Iinclude $< -o $@ -L$(B) -ltempfile
