# What a machine lacks is said in a line each, with the package that has it: tests/tools/need knows how. make demo and make test ask
# for everything before they do anything.

need = GO="$(GO)" CC="$(CC)" PYTHON="$(PYTHON)" tests/tools/need

.PHONY: need-all need-go need-cc need-python need-tar

need-all:
	@$(need) go modules cc python tar

need-go need-cc need-python need-tar: need-%: | $(if $(filter demo test,$(MAKECMDGOALS)),need-all)
	@$(need) $*
