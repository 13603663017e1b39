# The style of all Python files in the tree. .ruff.toml describes it.

# .ruff.toml requires the version that tests/tools/pypi.txt names.
RUFF ?= $(call tool,ruff)

formats += format-python
format_checks += check-python-format

.PHONY: check-python-format format-python
check-python-format:
	@if [ -z "$(RUFF)" ]; then \
	  echo "skip  check-python-format  ruff is missing (.ci/run --install, or RUFF=...)"; \
	elif said=$$("$(RUFF)" format --check --output-format=concise . && "$(RUFF)" check .); then \
	  echo "ok    check-python-format  the Python sources are formatted"; \
	else \
	  echo "FAIL  check-python-format  run 'make format', which mends all but ruff's other findings"; \
	  printf '%s\n' "$$said" | sed 's/^/      /'; exit 1; \
	fi

format-python:
	@$(if $(RUFF),"$(RUFF)" format --quiet .,echo "ruff is missing (.ci/run --install)"; exit 1)
