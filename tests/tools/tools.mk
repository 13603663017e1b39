# The tools that the tests and checks share.

# tests/tools/need reports each missing thing in a line with its package. make demo and make test ask for everything before
# they do anything.
need = GO="$(GO)" CC="$(CC)" PYTHON="$(PYTHON)" tests/tools/need

.PHONY: need-all need-go need-cc need-python need-tar
need-all:
	@$(need) go modules cc python tar

need-go need-cc need-python need-tar: need-%: | $(if $(filter demo test,$(MAKECMDGOALS)),need-all)
	@$(need) $*

.PHONY: check-lines
check-lines: ## check: what fails is counted, whatever runs it
	@tests/tools/check-lines
