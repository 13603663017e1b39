# The Python package, tested by itself and by CPython's own tests.

parts += test-this-python

# PYTHONS="python3.9 python3.13" ## variables: the interpreters of the Python tests, in place of all that are found
# PYTHON_TESTS="test_fork test_files" ## variables: the Python tests to run
.PHONY: test-python test-this-python
test-python: build need-python ## test: the Python package's own tests, with every interpreter from 3.9 on
	@tests/tools/lines python $(PYTHON) tests/python/run.py $(PYTHON_TESTS)

test-this-python: build need-python ## test: the same with $(PYTHON) alone, as make test does
	@PYTHONS=$(PYTHON) tests/tools/lines python $(PYTHON) tests/python/run.py $(PYTHON_TESTS)

clean: clean-python
.PHONY: clean-python
clean-python:
	@find python tests -name __pycache__ -prune -exec rm -rf {} +

# INTERRUPTS="signals 240" ## variables: make interrupts by 240 signals a scenario; "memory": at every allocation
INTERRUPTS ?= opcodes
.PHONY: interrupts
interrupts: build need-python ## test: an exception at every instruction of the Python package
	@tests/tools/lines interrupts $(PYTHON) tests/python/interrupts/run.py $(INTERRUPTS)

MYPY ?= $(call tool,mypy)

.PHONY: check-types
check-types: need-python ## check: mypy --strict over the Python package, and over programs that use it
	@if [ -n "$(MYPY)" ]; then \
	  MYPY="$(MYPY)" PYTHONPATH=python:tests/python $(PYTHON) -B -m unittest -q test_types && \
	  echo "ok    check-types  mypy --strict finds nothing"; \
	  else echo "skip  check-types  mypy is missing (.ci/run --install, or MYPY=...)"; fi

# CPython's own tests, with the drop-in in place of the standard module.

# CLIENTS="test_shutil" ## variables: the tests of make clients
.PHONY: conformance clients
conformance: build need-python $(B)/conformance/libtempfile.so ## test: CPython's own tests of tempfile
	@tests/tools/lines conformance $(PYTHON) tests/python/conformance/run.py conformance \
	  $(B)/libtempfile.so $(B)/conformance/libtempfile.so

clients: build need-python ## test: CPython's tests of modules that use tempfile
	@tests/tools/lines clients $(PYTHON) tests/python/conformance/run.py clients $(B)/libtempfile.so

# The library of the control finds the real one in its own folder.
$(B)/conformance/libtempfile.so: tests/python/conformance/eio.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -shared -fPIC -Iinclude $< -o $@ \
	  -Wl,--no-as-needed -L$(B) -ltempfile -Wl,-rpath,'$$ORIGIN'
