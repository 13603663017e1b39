# What a program that was linked with an older library relies on, and that two builds of one source are the same.

abi := capi/libtempfile.abi
# Only what a program can reach, and nothing of the folder it was built in.
abidw := abidw --no-show-locs --no-corpus-path --no-comp-dir-path --type-id-style hash \
  --exported-interfaces-only

# The library that is shipped has no debug information, from which the tools learn of types.
$(B)/abi/libtempfile.so.$(VERSION): strip :=
$(B)/abi/libtempfile.so.$(VERSION): $(go_sources)
	@mkdir -p $(@D)
	$(call shared,libtempfile.map,,$@,CGO_CFLAGS="-g -O2")

.PHONY: store-abi check-abi
store-abi: need-go need-cc $(B)/abi/libtempfile.so.$(VERSION) ## store the ABI in capi/libtempfile.abi, after an addition or for a release
	$(abidw) --out-file $(abi) $(B)/abi/libtempfile.so.$(VERSION)

check-abi: need-go need-cc ## fail if functions or types have changed since make store-abi
	@if ! command -v abidiff >/dev/null 2>&1; then echo "skip  check-abi  abidiff is missing (apt-get install abigail-tools)"; \
	  elif [ "$$(uname -m)" != x86_64 ]; then echo "skip  check-abi  $(abi) is that of x86_64"; \
	  else $(MAKE) -s $(B)/abi/libtempfile.so.$(VERSION) && tests/package/check-abi $(abi) $(B)/abi/libtempfile.so.$(VERSION); fi

.PHONY: check-reproducible
check-reproducible: need-go need-cc ## fail if builds in two folders differ; builds Go's own packages anew
	@tests/package/check-reproducible "$(MAKE)" $(VERSION)
