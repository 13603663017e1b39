# The style of all Python in the tree, which .ruff.toml says.

# Where .ci/run puts a ruff; another can be named.
RUFF ?= $(or $(wildcard $(CURDIR)/$(B)/tools/ruff/bin/ruff),$(shell command -v ruff))
ruff := $(shell sed -n 's/^required-version = "\(.*\)"/ruff\1/p' .ruff.toml)

formats += format-python
format_checks += check-python-format

.PHONY: check-python-format format-python
check-python-format:
	@if [ -z "$(RUFF)" ]; then echo "skip  check-python-format  ruff is missing (python3 -m pip install $(ruff), or RUFF=...)"; else \
	  "$(RUFF)" format --quiet --check . && "$(RUFF)" check --quiet . && echo "ok    check-python-format  $$("$(RUFF)" --version) finds nothing to change" || \
	  { "$(RUFF)" format --check .; echo "FAIL  check-python-format  see above; make format mends the format"; exit 1; }; fi

format-python:
	@"$(or $(RUFF),ruff)" format .
