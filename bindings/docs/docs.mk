# The man pages and the site. The reference of C in both comes from the comments of include/tempfile.h, and the site has the
# references of the other languages from their sources. The guides are written by hand, in bindings/docs/pages.

genman := $(wildcard capi/internal/genman/*) include/tempfile.h
site_sources := $(genman) $(shell find bindings/docs -type f) README.md python/README.md \
  $(wildcard bindings/c/examples/*.c tests/bench/results.* bindings/cpp/*.hpp core/*.go python/libtempfile/*.py*)
mkdocs := build/tools/mkdocs

.PHONY: man docs
man: $(B)/man/made ## document: the man pages, in build/man

$(B)/man/made: $(genman)
	@QUIET=1 $(need) go modules
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(go_here) run ./capi/internal/genman -man $(@D)
	@touch $@

docs: need-go need-python $(B)/docs/index.html ## document: the site, in build/docs; fetches MkDocs at the first time

# MkDocs fails at a link, an anchor or an included file that does not exist.
$(B)/docs/index.html: $(site_sources) $(mkdocs)/made
	@rm -rf $(B)/docs-source && mkdir -p $(B)/docs-source
	@cp -R bindings/docs/. $(B)/docs-source && cp tests/bench/results.svg $(B)/docs-source/pages
	@$(go_here) run ./capi/internal/genman -reference $(B)/docs-source/pages/c-reference
	@$(PYTHON) bindings/docs/reference.py "$(GO)" $(B)/docs-source/pages
	@NO_MKDOCS_2_WARNING=1 $(mkdocs)/bin/mkdocs build --quiet --strict --clean --config-file $(B)/docs-source/mkdocs.yml
	@echo "made $@"

$(mkdocs)/made: bindings/docs/requirements.txt
	@rm -rf $(@D) && $(PYTHON) -m venv $(@D) || \
	  { echo "MkDocs needs an environment of its own: apt-get install python3-venv"; exit 1; }
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: check-docs
check-docs: need-python man ## check: the man pages are well formed, and the site's links lead somewhere
	@tests/package/check-man $(B)/man
	@if [ -e $(mkdocs)/made ]; then $(MAKE) -s docs && tests/package/check-site $(B)/docs; \
	  else echo "skip  check-docs  MkDocs is missing, which 'make docs' fetches"; fi
