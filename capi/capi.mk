# The library's generated files, its builds for tests, and its checks.

.PHONY: header check-header
header: need-go ## build: write include/tempfile.h, the shims and the symbol map from capi/export_*.go
	cd capi && $(go_here) run ./internal/genapi

check-header: need-go ## check: fail if a generated file is not what make header would write
	@rm -rf $(B)/generated && mkdir -p $(B)/generated
	@cd capi && $(go_here) run ./internal/genapi -root ../$(B)/generated
	@for f in include/tempfile.h capi/public_gen.h capi/shims_gen.c capi/libtempfile.map capi/libtempfile_hooks.map; do \
	  cmp -s $$f $(B)/generated/$$f || \
	    { echo "FAIL  check-header  $$f has drifted from capi/export_*.go: run 'make header'"; exit 1; }; done
	@echo "ok    check-header  the generated files agree with the exports"

# Three builds are for tests only. hooks has functions that only tests call. unreserved lacks stack.Reserve; it is for a
# control that must crash. eager starts Go at load; the tests of the lazy start must fail with it.
comma := ,

$(B)/hooks/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(B)/unreserved/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks$(comma)tempfile_no_reserve,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

$(B)/eager/libtempfile.so: $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile_hooks.map,tempfile_hooks$(comma)tempfile_eager,$@)
	@ln -sf $(@F) $(@D)/$(SONAME)

.PHONY: check-c check-symbols check-hardening check-creations
check-c: need-cc ## check: the header alone compiles in every C from 99 and C++ from 11 on
	@for std in c99 c11 c17 c2x; do \
	  echo '#include "tempfile.h"' | $(CC) -std=$$std $(strict) -x c - || exit 1; done
	@if command -v $(CXX) >/dev/null 2>&1; then for std in c++11 c++14 c++17 c++20; do \
	  printf '#include "tempfile.h"\ntempfile_options options = TEMPFILE_OPTIONS_INIT;\n' | \
	    $(CXX) -std=$$std $(strict) -x c++ - || exit 1; done; \
	  else echo "skip  check-c  $(CXX) is missing, so C++ was not tried (apt-get install g++)"; fi
	@echo "ok    check-c  the header compiles by itself"

strict := -Wall -Wextra -Werror -pedantic -Iinclude -fsyntax-only

whole_header := $(B)/tests/c/whole_header

check-symbols: need-cc $(B)/libtempfile.so $(whole_header) ## check: header, library and test have the same functions
	@tests/package/check-symbols include/tempfile.h $(B)/libtempfile.so capi/libtempfile.map $(whole_header)

check-hardening: need-cc $(B)/libtempfile.so ## check: the library has the protections of compiler and linker
	@CC="$(CC)" tests/tools/lines check-hardening tests/package/check-hardening $(B)/libtempfile.so

check-creations: need-cc $(whole_header) ## check: under strace, every file is created with O_EXCL, and TMPDIR ends empty
	@tests/c/check-creations $(B) $(whole_header)

.PHONY: check-variables
check-variables: need-cc ## check: the build refuses variables of C that a restart of Go would reset
	@tests/package/check-variables "$(CC)"

.PHONY: check-layers
check-layers: need-go need-cc ## check: no group of capi's C and no package of the core uses one after it
	@tests/tools/check-layers "$(CC)" "$(GO)"

# The ABI, on which programs rely that were linked with an older library.
abi := capi/libtempfile.abi
# Types that no program can reach, and the folder of the build, are left out.
abidw := abidw --no-show-locs --no-corpus-path --no-comp-dir-path --type-id-style hash \
  --exported-interfaces-only

# A build with debug information, which contains the types.
$(B)/abi/libtempfile.so.$(VERSION): strip :=
$(B)/abi/libtempfile.so.$(VERSION): $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile.map,,$@,CGO_CFLAGS="-g -O2")

.PHONY: store-abi check-abi
store-abi: need-go need-cc $(B)/abi/libtempfile.so.$(VERSION) ## build: store the ABI, after an addition
	$(abidw) --out-file $(abi) $(B)/abi/libtempfile.so.$(VERSION)

check-abi: need-go need-cc ## check: fail if functions or types have changed since make store-abi
	@if ! command -v abidiff >/dev/null 2>&1; then echo "skip  check-abi  abidiff is missing (apt-get install abigail-tools)"; \
	  elif [ "$$(uname -m)" != x86_64 ]; then echo "skip  check-abi  $(abi) is that of x86_64"; \
	  else $(MAKE) -s $(B)/abi/libtempfile.so.$(VERSION) && \
	    tests/package/check-abi $(abi) $(B)/abi/libtempfile.so.$(VERSION); fi

.PHONY: check-reproducible
check-reproducible: need-go need-cc ## check: fail if builds in two folders differ; builds Go's own packages anew
	@tests/package/check-reproducible "$(MAKE)" $(VERSION)

# The licences of all code that is linked in. Packages contain them.
.PHONY: notice check-notice
notice: need-go ## build: write capi/NOTICE, the licences of all that is linked into the library
	@capi/notice "$(GO)" >$(B)/NOTICE && mv $(B)/NOTICE capi/NOTICE

check-notice: need-go ## check: capi/NOTICE has the licence of all that is linked in
	@if [ ! -r "$$($(GO) env GOROOT)/LICENSE" ]; then echo "skip  check-notice  this Go comes without its licence"; exit; fi; \
	  mkdir -p $(B) && capi/notice "$(GO)" >$(B)/NOTICE || exit 1; \
	  cmp -s capi/NOTICE $(B)/NOTICE || \
	  { echo "FAIL  check-notice  capi/NOTICE does not fit the modules in go.mod: run 'make notice'"; exit 1; }; \
	  echo "ok    check-notice  every licence is there"
