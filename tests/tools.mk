# What a machine lacks is said in one line, with the package that has it.

.PHONY: need-go need-cc need-python need-tar

need-go:
	@command -v $(GO) >/dev/null 2>&1 || { echo "Go is missing: install Go 1.26 or later (https://go.dev/dl/)"; exit 1; }
	@v=$$($(GO) env GOVERSION | sed 's/^go//; s/[^0-9.].*//'); maj=$${v%%.*}; rest=$${v#*.}; min=$${rest%%.*}; \
	  [ "$$maj" -gt 1 ] || [ "$$min" -ge 26 ] || { echo "Go $$v is too old: install Go 1.26 or later (https://go.dev/dl/)"; exit 1; }

need-cc:
	@command -v $(CC) >/dev/null 2>&1 || { echo "the C compiler $(CC) is missing: apt-get install gcc libc6-dev"; exit 1; }

need-python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "$(PYTHON) is missing: apt-get install python3"; exit 1; }

need-tar:
	@command -v tar >/dev/null 2>&1 || { echo "tar is missing: apt-get install tar"; exit 1; }
