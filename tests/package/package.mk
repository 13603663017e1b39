# The tests of the first things that a new user meets: the README, an installation, packages, and a machine on which
# something is missing.

parts += test-readme test-first test-install

.PHONY: test-readme
test-readme: build need-python ## test: the programs of the README and the guides run; the README's paths exist
	@tests/tools/lines readme $(PYTHON) tests/package/readme.py "$(CURDIR)" "$(CC)" "$(CXX)" "$(GO)"

.PHONY: test-first
test-first: build $(B)/bindings/c/examples/named ## test: what a machine lacks, and a slip, are one clear line each
	@tests/tools/lines first tests/package/first "$(MAKE)" "$(GO)" $(VERSION) $(B)/bindings/c/examples/named

.PHONY: test-fresh
test-fresh: need-go ## test: make demo and make test on a minimal Debian 12; 20 minutes, needs root and debootstrap
	@tests/tools/lines fresh tests/package/fresh "$(GO)"

.PHONY: test-install
test-install: build ## test: install into a folder, build examples with pkg-config and CMake, uninstall
	@tests/tools/lines install tests/package/install/run "$(MAKE)" "$(CC)" "$(CXX)" $(VERSION)

.PHONY: package-test
package-test: need-go need-cc ## test: each package, built and used from an empty root
	@tests/tools/lines package tests/package/run "$(MAKE)" "$(CC)" "$(CXX)" "$(GO)"
