# The Python package, tested by itself and by CPython's own tests.

# PYTHONS="..." names the interpreters to use, here and below; PYTHON_TESTS="test_fork ..." some of the tests.
.PHONY: test-python test-this-python
test-python: build need-python ## the Python package's own tests, with every interpreter from 3.9 on
	@tests/tools/lines python $(PYTHON) tests/python/run.py $(PYTHON_TESTS)

test-this-python: build need-python ## the same with $(PYTHON) alone, as make test does
	@PYTHONS=$(PYTHON) tests/tools/lines python $(PYTHON) tests/python/run.py $(PYTHON_TESTS)

clean: clean-python
.PHONY: clean-python
clean-python:
	@find python tests -name __pycache__ -prune -exec rm -rf {} +

# What is left of interruptions, in tables beside CPython's. INTERRUPTS="signals 240" for real signals, or memory; 10 minutes each.
INTERRUPTS ?= opcodes
.PHONY: interrupts
interrupts: build need-python ## an exception before every instruction of the Python package, at every allocation, or by signals
	@tests/tools/lines interrupts $(PYTHON) tests/python/interrupts/run.py $(INTERRUPTS)

# Where .ci/run puts a mypy; another can be named.
MYPY ?= $(if $(wildcard $(B)/tools/mypy/bin/mypy),$(CURDIR)/$(B)/tools/mypy/bin/mypy)

.PHONY: check-types
check-types: need-python ## mypy --strict over the Python package, and over programs that use it
	@if [ -n "$(MYPY)" ] || command -v mypy >/dev/null 2>&1; then MYPY="$(MYPY)" PYTHONPATH=python:tests/python $(PYTHON) -B -m unittest -q test_types; \
	  else echo "skip  check-types  mypy is missing (python3 -m pip install mypy, or MYPY=...)"; fi

# CPython's own tests, with the drop-in in the standard module's place.
.PHONY: conformance clients
conformance: build need-python $(B)/conformance/libtempfile.so ## CPython's own tests of tempfile, every interpreter, two users
	@tests/tools/lines conformance $(PYTHON) tests/python/conformance/run.py conformance $(B)/libtempfile.so $(B)/conformance/libtempfile.so

clients: build need-python ## CPython's tests of modules that use tempfile; CLIENTS="test_..." names others
	@tests/tools/lines clients $(PYTHON) tests/python/conformance/run.py clients $(B)/libtempfile.so

# The control's library finds the real one beside itself.
$(B)/conformance/libtempfile.so: tests/python/conformance/eio.c include/tempfile.h $(B)/libtempfile.so
	@mkdir -p $(@D)
	$(Q)$(CC) $(WARN) $(CFLAGS) -shared -fPIC -Iinclude $< -o $@ -Wl,--no-as-needed -L$(B) -ltempfile -Wl,-rpath,'$$ORIGIN'
