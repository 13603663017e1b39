# The C tests on the other C library, on the other processor, and with each version of Go that is known. Each is a build in a
# folder of its own, so that nothing of it mixes with the machine's own.

# musl-gcc sees musl's headers alone, and some tests need the kernel's.
ifneq ($(other_libc),)
override CFLAGS += -idirafter $(B)/kernel
$(c_tests) $(port_tests): | $(B)/kernel
$(B)/kernel:
	@mkdir -p $@ && for name in linux asm-generic asm; do for folder in /usr/include/$$($(CC) -dumpmachine) /usr/include; do \
	  [ ! -d $$folder/$$name ] || [ -e $@/$$name ] || ln -s $$folder/$$name $@/$$name; done; done
endif

.PHONY: test-musl
test-musl: need-go ## the C tests with musl, where the library is loaded at run time too
	@if command -v musl-gcc >/dev/null 2>&1; then $(MAKE) --no-print-directory CC=musl-gcc test-c test-dlopen; \
	  else echo "skip  test-musl: musl-gcc is missing (apt-get install musl-tools)"; fi
