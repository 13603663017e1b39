# Some C tests with AddressSanitizer and UndefinedBehaviorSanitizer, in the programs and in the library's C code. Neither
# sees Go's own memory. They must refuse a request for too much memory, as malloc does.
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
sanitized_tests := $(patsubst %.c,$(B)/sanitized/%,\
  $(wildcard $(addprefix tests/c/,vectors.c text_vectors.c whole_header.c publish.c buffer_errors.c buffer_fork.c \
  misuse/*.c)))
sanitized_control := $(B)/sanitized/tests/c/sanitized/use_after_free
sanitized_cpp := $(if $(shell command -v $(CXX)),$(B)/sanitized/tests/c/cpp/cpp17)

.PHONY: test-sanitized
test-sanitized: need-go need-cc ## test: the misuse tests and vectors with gcc's sanitizers
	@mkdir -p $(B)/sanitized
	@if echo 'int main(void) { return 0; }' | $(CC) $(sanitizers) -x c - -o $(B)/sanitized/probe 2>/dev/null && \
	  $(B)/sanitized/probe; \
	  then $(MAKE) --no-print-directory run-sanitized; \
	  else echo "skip  test-sanitized  $(CC) has no -fsanitize=address,undefined (apt-get install libasan8 libubsan1)"; fi

.PHONY: run-sanitized
run-sanitized: $(sanitized_tests) $(sanitized_cpp) $(sanitized_control)
	@ASAN_OPTIONS=allocator_may_return_null=1 TEST_SECONDS=600 \
	  tests/tools/lines sanitized tests/c/run "$(CURDIR)/$(B)/sanitized" $(sanitized_tests)
	$(if $(sanitized_cpp),@tests/tools/lines sanitized-cpp tests/c/run "$(CURDIR)/$(B)/sanitized" $(sanitized_cpp))
	@LD_LIBRARY_PATH=$(B)/sanitized $(sanitized_control) 2>&1 | grep -q heap-use-after-free || \
	  { echo "FAIL  sanitized/control  the sanitizers catch nothing"; exit 1; }
	@echo "ok    sanitized/control  the sanitizers catch a use after free"

$(B)/sanitized/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks,$@,CGO_CFLAGS="-g -O1 $(sanitizers)" CGO_LDFLAGS="$(sanitizers)")
	@ln -sf $(@F) $(@D)/$(SONAME)

$(sanitized_tests) $(sanitized_control): $(B)/sanitized/%: %.c $(c_headers) $(B)/sanitized/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(c_flags) -O1 $(sanitizers) $(vectors) $< -o $@ -L$(B)/sanitized -ltempfile -lpthread
