# The tests of tempfile.hpp: one program of several translation units for each C++ that the compiler knows.

CXXFLAGS ?= -O1 -g
cxx_warn := -Wall -Wextra -Wpedantic -Wshadow -Werror
cpp_standards := 17 20 23
cpp_sources := $(wildcard tests/cpp/*.cpp)
cpp_inputs := $(cpp_sources) tests/cpp/check.hpp bindings/cpp/tempfile.hpp include/tempfile.h
cpp_build = $(CXX) -std=c++$(1) $(cxx_warn) $(2) -Iinclude -Ibindings/cpp $(cpp_sources) -o $@ -L$(3) -ltempfile

test-parts: test-cpp

.PHONY: test-cpp
test-cpp: build ## the C++ binding, in C++17 and what later ones the compiler has
	@if ! command -v $(CXX) >/dev/null 2>&1; then echo "skip  test-cpp: $(CXX) is missing (apt-get install g++)"; exit 0; fi; \
	  for std in $(cpp_standards); do if echo | $(CXX) -std=c++$$std -fsyntax-only -x c++ - 2>/dev/null; \
	    then known="$$known $(B)/tests/cpp/cpp$$std"; else echo "skip  test-cpp: $(CXX) does not know C++$$std"; fi; done; \
	  $(MAKE) --no-print-directory $$known && tests/part cpp tests/run "$(CURDIR)/$(B)" $$known

$(B)/tests/cpp/cpp%: $(cpp_inputs) $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,$*,$(CXXFLAGS),$(B))

$(B)/sanitized/tests/cpp/cpp17: $(cpp_inputs) $(B)/sanitized/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,17,-g -O1 $(sanitizers),$(B)/sanitized)
