# The style of the sources. Generated files have the style of their generators.

# A program in build/tools, to which .ci/run --install installs it, or else in PATH.
tool = $(firstword $(wildcard $(CURDIR)/build/tools/$(1)/bin/$(1)) $(shell command -v $(1)))

# Another version of clang-format formats differently.
clang_format := $(call tool,clang-format)
clang_format_version := $(shell sed -n 's/^clang-format==//p' tests/tools/pypi.txt)
clang_format_fits := $(if $(clang_format),$(findstring version $(clang_format_version),$(shell $(clang_format) --version)))
c_and_cpp = $(shell find capi bindings tests -name '*.[ch]' -o -name '*.[ch]pp' | grep -v '_gen[.]' | sort)
go_and_tests := core capi tests

# Each language adds its targets.
formats += format-c format-go
format_checks += check-c-format check-go-format check-width

.PHONY: format format-c format-go
format: ## build: format all sources in C, C++, Go and Python
	@$(MAKE) --no-print-directory $(formats)

format-c:
	@$(if $(clang_format_fits),$(clang_format) -i $(c_and_cpp),\
	  echo "clang-format $(clang_format_version) is missing (.ci/run --install)"; exit 1)

format-go: need-go
	@gofmt -w $(go_and_tests)

.PHONY: check-format check-c-format check-go-format
check-format: ## check: make format would change nothing
	@$(MAKE) --no-print-directory -k $(format_checks)

check-c-format:
ifeq ($(clang_format_fits),)
	@echo "skip  check-c-format  clang-format $(clang_format_version) is missing (.ci/run --install)"
else
	@said=$$($(clang_format) --dry-run --Werror $(c_and_cpp) 2>&1) || \
	  { echo "FAIL  check-c-format  run 'make format': it would change"; \
	  printf '%s\n' "$$said" | sed -n 's/^\([^ ]*\):[0-9]*:[0-9]*: error.*/      \1/p' | sort | uniq -c; exit 1; }
	@echo "ok    check-c-format  the C and C++ sources are formatted"
endif

check-go-format: need-go
	@said=$$(gofmt -l $(go_and_tests)) && [ -z "$$said" ] || \
	  { echo "FAIL  check-go-format  run 'make format':" $$said; exit 1; }
	@echo "ok    check-go-format  the Go sources are formatted"

# The formatters leave comments as they are, and shell scripts and make files have no formatter.
scripts = $(shell grep -rlI -e '^\#!/bin/sh' -e '^\#!/usr/bin/env bash' .ci bindings capi tests) tests/package/python/run
make_files = Makefile $(shell find bindings capi core python tests -name '*.mk')

.PHONY: check-width
check-width:
	@awk 'length > 125 { print "FAIL  check-width  " FILENAME ":" FNR " has " length " columns"; bad = 1 } END { exit bad }' \
	  $(c_and_cpp) $(scripts) $(make_files) capi/RUNTIME.md
	@echo "ok    check-width  lines of C, scripts, make files and RUNTIME.md have at most 125 columns"

.PHONY: check-vet check-staticcheck
check-vet: need-go ## check: go vet finds nothing
	@$(GO) vet ./... && echo "ok    check-vet  go vet finds nothing"

staticcheck := $(call tool,staticcheck)
check-staticcheck: need-go ## check: staticcheck finds nothing
	@$(if $(staticcheck),$(staticcheck) ./... && echo "ok    check-staticcheck  staticcheck finds nothing",\
	  echo "skip  check-staticcheck  staticcheck is missing (.ci/run --install)")
