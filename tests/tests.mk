# make check and make test. A fragment adds its tests to parts.

parts :=

# BUT="test-faults" ## variables: parts that make test leaves out

# Each part runs, even after another has failed. It leaves its counts in a folder, and the last line adds them up.
.PHONY: test
test: need-all ## test: every test; the last line counts them all
	@rm -rf $(B)/tally && mkdir -p $(B)/tally
	+@TALLY="$(CURDIR)/$(B)/tally" $(MAKE) --no-print-directory -k \
	  $(if $(TESTS),test-c,$(filter-out $(BUT),$(parts))) || : >$(B)/tally/failed
	@tests/tools/total $(B)/tally

# make check is for the loop of edit and test.
.PHONY: check
check: need-go check-format check-vet test-core smoke check-python ## check: format, vet, core, some C and Python; 20 seconds

.PHONY: check-python
check-python: build need-python
	@PYTHONS=$(PYTHON) tests/tools/lines python $(PYTHON) tests/python/run.py test_files test_process test_surface test_spooled
