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
	@if ! command -v $(CXX) >/dev/null 2>&1; then tests/part cpp-none echo "skip  test-cpp: $(CXX) is missing (apt-get install g++)"; exit 0; fi; \
	  for std in $(cpp_standards); do if echo | $(CXX) -std=c++$$std -fsyntax-only -x c++ - 2>/dev/null; \
	    then known="$$known $(B)/tests/cpp/cpp$$std"; else tests/part cpp-$$std echo "skip  test-cpp: $(CXX) does not know C++$$std"; fi; done; \
	  for compiler in $(bare_compilers); do if command -v $$compiler >/dev/null 2>&1; \
	    then known="$$known $(B)/tests/cpp/bare-$$compiler"; else tests/part cpp-$$compiler echo "skip  test-cpp: $$compiler is missing (apt-get install clang)"; fi; done; \
	  $(MAKE) --no-print-directory $$known && tests/part cpp tests/run "$(CURDIR)/$(B)" $$known
	@if ! command -v $(CXX) >/dev/null 2>&1; then exit 0; fi; \
	  if echo '#include <tempfile.hpp>' | $(CXX) -std=c++14 -Iinclude -Ibindings/cpp -fsyntax-only -x c++ - 2>$(B)/tests/cpp/refused; \
	    then echo "C++14 was not refused"; exit 1; fi; \
	  grep -q 'error.*needs C++17' $(B)/tests/cpp/refused || { cat $(B)/tests/cpp/refused; exit 1; }

$(B)/tests/cpp/cpp%: $(cpp_inputs) $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,$*,$(CXXFLAGS),$(B))

# Without exceptions and RTTI, by each compiler there is: they do not agree on the macros that say so.
bare_compilers := $(sort $(notdir $(firstword $(CXX))) clang++)

$(B)/tests/cpp/bare-%: tests/cpp/bare/bare.cpp bindings/cpp/tempfile.hpp include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$* -std=c++17 $(cxx_warn) -fno-exceptions -fno-rtti $(CXXFLAGS) -DCOMPILER='"$*"' -Iinclude -Ibindings/cpp $< -o $@ -L$(B) -ltempfile

$(B)/sanitized/tests/cpp/cpp17: $(cpp_inputs) $(B)/sanitized/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,17,-g -O1 $(sanitizers),$(B)/sanitized)
