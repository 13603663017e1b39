# The man pages and the site, from the comments of the headers, of the Go package and of the Python package.

docs_generator := $(wildcard capi/internal/gendocs/*)
docs_sources := $(docs_generator) include/tempfile.h bindings/cpp/tempfile.hpp $(wildcard core/*.go python/libtempfile/*.py)

.PHONY: man docs
man: $(B)/man/made ## the man pages, in build/man

$(B)/man/made: $(docs_generator) include/tempfile.h
	@QUIET=1 $(need) go modules
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(go_here) run ./capi/internal/gendocs -man $(@D)
	@touch $@

docs: need-go $(B)/docs/index.html ## a site of static pages, in build/docs

$(B)/docs/index.html: $(docs_sources)
	@rm -rf $(@D) && mkdir -p $(@D)
	PYTHON="$(PYTHON)" $(go_here) run ./capi/internal/gendocs -site $(@D)

.PHONY: check-docs
check-docs: need-python man docs ## the man pages are well formed, and no link of the site is broken
	@tests/package/check-man $(B)/man
	@$(PYTHON) tests/package/check-links.py $(B)/docs
