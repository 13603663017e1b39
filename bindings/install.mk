# Installation of what a C or C++ program needs, into the folders of the GNU coding standards. bindings/c has the templates.

pkgconfigdir ?= $(libdir)/pkgconfig
cmakedir ?= $(libdir)/cmake/libtempfile
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/libtempfile
INSTALL ?= install

# Not of what was built, so that uninstall needs no build.
functions = $(shell sed -n 's/^ *\(tempfile_[a-z_]*\);$$/\1/p' capi/libtempfile.map)
man3_pages = tempfile_options.3 $(functions:%=%.3)

# Written anew each time: it depends on the folders that were asked for. CMake finds them from its own, as a package may
# have been moved since.
from_cmakedir = $$(realpath -m --relative-to='$(cmakedir)' '$(1)')
# The file may be there already, and be root's after a sudo make install: so it is replaced and not written into.
fill = rm -f $(B)/$(2) && sed -e 's|@prefix@|$(prefix)|; s|@version@|$(VERSION)|; s|@soname@|$(SONAME)|' \
  $(1) bindings/c/$(2).in >$(B)/$(2)

.PHONY: package-files
package-files:
	@mkdir -p $(B)
	@$(call fill,-e 's|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|',libtempfile.pc)
	@$(call fill,-e "s|@libdir@|$(call from_cmakedir,$(libdir))|" \
	  -e "s|@includedir@|$(call from_cmakedir,$(includedir))|",libtempfile-config.cmake)
	@$(call fill,,libtempfile-config-version.cmake)

.PHONY: install uninstall can-install
can-install:
	@bindings/can-install "$(DESTDIR)$(libdir)" "$(DESTDIR)$(includedir)" "$(DESTDIR)$(pkgconfigdir)" "$(DESTDIR)$(cmakedir)" \
	  "$(DESTDIR)$(mandir)" "$(DESTDIR)$(docdir)"

install: can-install $(B)/libtempfile.so man package-files ## install: library, headers, man pages, licences, pkg-config, CMake
	$(INSTALL) -d "$(DESTDIR)$(libdir)"
	$(INSTALL) -d "$(DESTDIR)$(includedir)" "$(DESTDIR)$(pkgconfigdir)" "$(DESTDIR)$(cmakedir)"
	$(INSTALL) -d "$(DESTDIR)$(mandir)/man3" "$(DESTDIR)$(mandir)/man7" "$(DESTDIR)$(docdir)"
	$(INSTALL) -m 755 $(B)/libtempfile.so.$(VERSION) "$(DESTDIR)$(libdir)"
	ln -sf libtempfile.so.$(VERSION) "$(DESTDIR)$(libdir)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(libdir)/libtempfile.so"
	$(INSTALL) -m 644 include/tempfile.h bindings/cpp/tempfile.hpp "$(DESTDIR)$(includedir)"
	$(INSTALL) -m 644 $(B)/libtempfile.pc "$(DESTDIR)$(pkgconfigdir)"
	$(INSTALL) -m 644 $(B)/libtempfile-config.cmake $(B)/libtempfile-config-version.cmake "$(DESTDIR)$(cmakedir)"
	@$(INSTALL) -m 644 $(man3_pages:%=$(B)/man/man3/%) "$(DESTDIR)$(mandir)/man3"
	$(INSTALL) -m 644 $(B)/man/man7/libtempfile.7 "$(DESTDIR)$(mandir)/man7"
	$(INSTALL) -m 644 LICENSE capi/NOTICE "$(DESTDIR)$(docdir)"
	@bindings/after-install "$(DESTDIR)" "$(libdir)" "$(pkgconfigdir)" "$(SONAME)" "$(B)"

uninstall: ## install: remove what install put there, and its own folders if they are empty
	rm -f "$(DESTDIR)$(libdir)/libtempfile.so" "$(DESTDIR)$(libdir)/$(SONAME)" "$(DESTDIR)$(libdir)/libtempfile.so.$(VERSION)"
	rm -f "$(DESTDIR)$(includedir)/tempfile.h" "$(DESTDIR)$(includedir)/tempfile.hpp" "$(DESTDIR)$(pkgconfigdir)/libtempfile.pc"
	rm -f "$(DESTDIR)$(cmakedir)/libtempfile-config.cmake" "$(DESTDIR)$(cmakedir)/libtempfile-config-version.cmake"
	@cd "$(DESTDIR)$(mandir)" 2>/dev/null && rm -f $(man3_pages:%=man3/%) man7/libtempfile.7 || true
	rm -f "$(DESTDIR)$(docdir)/LICENSE" "$(DESTDIR)$(docdir)/NOTICE"
	@for folder in "$(cmakedir)" "$(dir $(cmakedir))" "$(pkgconfigdir)" "$(mandir)/man3" "$(mandir)/man7" "$(docdir)"; do \
	  rmdir "$(DESTDIR)$$folder" 2>/dev/null || true; done
	@[ -n "$(DESTDIR)" ] || echo "if $(libdir) is a folder where the loader looks, ldconfig as root makes it forget the library"

.PHONY: notice check-notice
notice: need-go ## build: write capi/NOTICE, the licences of what is linked into the library
	@bindings/notice "$(GO)" >$(B)/NOTICE && mv $(B)/NOTICE capi/NOTICE

check-notice: need-go ## check: fail if capi/NOTICE lacks a licence of what is linked in
	@if [ ! -r "$$($(GO) env GOROOT)/LICENSE" ]; then echo "skip  check-notice  this Go comes without its licence"; exit; fi; \
	  mkdir -p $(B) && bindings/notice "$(GO)" >$(B)/NOTICE || exit 1; \
	  cmp -s capi/NOTICE $(B)/NOTICE || \
	  { echo "FAIL  check-notice  capi/NOTICE does not fit the modules in go.mod: run 'make notice'"; exit 1; }; \
	  echo "ok    check-notice  every licence is there"
