# The vectors that all languages share.

.PHONY: check-vectors
check-vectors: need-python ## check: fail if the shared vectors are not what CPython answers
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  tests/tools/lines check-vectors $(PYTHON) tests/vectors/generate.py --check; \
	  else echo "skip  check-vectors  $(PYTHON) is older than 3.11"; fi

.PHONY: check-text-vectors
check-text-vectors: need-python ## check: fail if the text vectors are not what CPython answers
	@if $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then \
	  tests/tools/lines check-text-vectors $(PYTHON) tests/vectors/generate_text.py --check; \
	  else echo "skip  check-text-vectors  $(PYTHON) is older than 3.9"; fi


# OPERATIONS=100000000 ## variables: how many random operations make operations does; 60 of them are a file
# SEED=1 ## variables: the seed of its first file, which a failure names
OPERATIONS ?= 1000000
SEED ?= 1
.PHONY: operations
operations: build need-python ## test: random operations on files of the library and on Python's, which must answer alike
	@tests/tools/lines operations $(PYTHON) tests/vectors/operations.py $(B)/libtempfile.so $(OPERATIONS) $(SEED)
