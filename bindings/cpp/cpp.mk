# The tests of tempfile.hpp: a program of several translation units, for each C++ version that the compiler knows.

CXXFLAGS ?= -O1 -g
cxx_warn := -Wall -Wextra -Wpedantic -Wshadow -Werror
cpp_standards := 17 20 23
cpp_sources := $(wildcard tests/c/cpp/*.cpp)
cpp_inputs := $(cpp_sources) $(wildcard tests/c/cpp/*.hpp) tests/c/publications.h tests/c/json.h bindings/cpp/tempfile.hpp \
  include/tempfile.h
cpp_build = $(CXX) -std=c++$(1) $(cxx_warn) $(2) $(vectors) -Iinclude -Ibindings/cpp $(cpp_sources) -o $@ -L$(3) -ltempfile

parts += test-cpp

.PHONY: test-cpp
test-cpp: build ## test: the C++ binding, in C++17 and later versions
	@tests/tools/lines cpp tests/c/cpp/run "$(MAKE)" "$(CXX)" $(B) "$(cpp_standards)" "$(bare_compilers)"

$(B)/tests/c/cpp/cpp%: $(cpp_inputs) $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,$*,$(CXXFLAGS),$(B))

# A program without exceptions and RTTI, for each compiler. Compilers report their absence with different macros.
bare_compilers := $(sort $(notdir $(firstword $(CXX))) clang++)

bare_inputs := tests/c/cpp/bare/bare.cpp tests/c/cpp/check.hpp bindings/cpp/tempfile.hpp include/tempfile.h
$(B)/tests/c/cpp/bare-%: $(bare_inputs) $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$* -std=c++17 $(cxx_warn) -fno-exceptions -fno-rtti $(CXXFLAGS) -DCOMPILER='"$*"' -Iinclude -Ibindings/cpp $< -o $@ \
	  -L$(B) -ltempfile

$(B)/sanitized/tests/c/cpp/cpp17: $(cpp_inputs) $(B)/sanitized/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(call cpp_build,17,-g -O1 $(sanitizers),$(B)/sanitized)
