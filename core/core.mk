# The tests of the core. It is a Go package like any other, so go test ./core/... runs them, too.

parts += test-core

.PHONY: test-core
test-core: need-go ## test: the core's own tests, without cgo, and those of the generators
	@CGO_ENABLED=0 tests/tools/lines core tests/tools/go-test "$(GO)" ./core/... ./capi/internal/...

# FUZZ_SECONDS=10 ## variables: how long make fuzz works on each target
FUZZ_SECONDS ?= 10

.PHONY: fuzz
fuzz: need-go ## test: every fuzz target of the core for FUZZ_SECONDS each
	@targets=$$(grep -ro --include='*_test.go' '^func Fuzz[A-Za-z]*' core); \
	  [ -n "$$targets" ] || { echo "FAIL  fuzz  there is no fuzz target"; exit 1; }; \
	  echo "$$targets" | while IFS=: read -r file function; do target=$${function#func }; echo "fuzz  $$target"; \
	  $(GO) test "./$${file%/*}" -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZ_SECONDS)s -parallel=2 || exit 1; done

.PHONY: check-pure
check-pure: need-go ## check: the core builds and vets without cgo; make test-core tests it so
	CGO_ENABLED=0 $(GO) build ./core/...
	CGO_ENABLED=0 $(GO) vet ./core/...
	@deps=$$(CGO_ENABLED=1 $(GO) list -deps -tags=osusergo ./core/...) || exit 1; \
	  if echo "$$deps" | grep -x runtime/cgo; then echo "FAIL  check-pure  the core depends on cgo"; exit 1; fi
	@echo "ok    check-pure  the core is pure Go"

# On systems other than Linux, the core uses the standard library, see core/system/kernel_portable.go. A build tag runs that
# code on Linux. Two kinds of tests are skipped: those that remove full directories, and those that make each call fail in
# turn.
other_systems := darwin windows freebsd
linux_only := EveryCallFails|CallsKeepFailing|RegisteredDirectory|RemovalErrors
linux_only := ^(Test($(linux_only))|Example(TemporaryDirectory|StartRemoval))$$

.PHONY: check-other-systems
check-other-systems: need-go ## check: the core for macOS, Windows and FreeBSD builds, vets and works
	@for system in $(other_systems); do \
	  echo "GOOS=$$system go build, go vet ./core/..."; \
	  GOOS=$$system CGO_ENABLED=0 $(GO) build ./core/... && GOOS=$$system CGO_ENABLED=0 $(GO) vet ./core/... || exit 1; done
	$(GO) vet -tags=tempfile_portable ./core/...
	$(GO) test -tags=tempfile_portable -skip='$(linux_only)' ./core/...
	@echo "ok    check-other-systems  the core compiles for $(other_systems)"
