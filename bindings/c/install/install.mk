# make install puts the files for C and C++ programs into the folders of the GNU coding standards. The templates are in this
# folder.

pkgconfigdir ?= $(libdir)/pkgconfig
cmakedir ?= $(libdir)/cmake/libtempfile
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/libtempfile
bindir ?= $(prefix)/bin
INSTALL ?= install

# The names come from the symbol map, so that uninstall does not need a build.
functions = $(shell sed -n 's/^ *\(tempfile_[a-z_]*\);$$/\1/p' capi/libtempfile.map)
man3_pages = tempfile_options.3 $(functions:%=%.3)

# The templates are filled each time, because they depend on the folders in the command. The paths for CMake are relative to
# its own folder, because a package may be moved after its installation.
from_cmakedir = $$(realpath -m --relative-to='$(cmakedir)' '$(1)')
# After sudo make install the file in build belongs to root. A user can replace it, but cannot write to it.
fill = rm -f $(B)/$(2) && sed -e 's|@prefix@|$(prefix)|; s|@version@|$(VERSION)|; s|@soname@|$(SONAME)|' \
  $(1) bindings/c/install/$(2).in >$(B)/$(2)

.PHONY: package-files
package-files:
	@mkdir -p $(B)
	@$(call fill,-e 's|@libdir@|$(libdir)|; s|@includedir@|$(includedir)|',libtempfile.pc)
	@$(call fill,-e "s|@libdir@|$(call from_cmakedir,$(libdir))|" \
	  -e "s|@includedir@|$(call from_cmakedir,$(includedir))|",libtempfile-config.cmake)
	@$(call fill,,libtempfile-config-version.cmake)

.PHONY: install uninstall can-install
can-install:
	@bindings/c/install/check "$(DESTDIR)$(libdir)" "$(DESTDIR)$(includedir)" "$(DESTDIR)$(pkgconfigdir)" \
	  "$(DESTDIR)$(cmakedir)" "$(DESTDIR)$(mandir)" "$(DESTDIR)$(docdir)" "$(DESTDIR)$(bindir)"

tools = bindings/c/tools/tempfile-recover
tool_examples = service timer tmpfiles.conf

install: can-install $(B)/libtempfile.so $(B)/tempfile-recover man package-files ## install: library, headers, man pages
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
	$(INSTALL) -d "$(DESTDIR)$(bindir)" "$(DESTDIR)$(mandir)/man1" "$(DESTDIR)$(docdir)/examples"
	$(INSTALL) -m 755 $(B)/tempfile-recover "$(DESTDIR)$(bindir)"
	$(INSTALL) -m 644 $(tools).1 "$(DESTDIR)$(mandir)/man1"
	$(INSTALL) -m 644 $(tool_examples:%=$(tools).%) "$(DESTDIR)$(docdir)/examples"
	$(INSTALL) -m 644 LICENSE capi/NOTICE "$(DESTDIR)$(docdir)"
	@bindings/c/install/advise "$(DESTDIR)" "$(libdir)" "$(pkgconfigdir)" "$(SONAME)" "$(B)"

uninstall: ## install: remove what install put there, and its own folders if they are empty
	rm -f "$(DESTDIR)$(libdir)/libtempfile.so" "$(DESTDIR)$(libdir)/$(SONAME)" "$(DESTDIR)$(libdir)/libtempfile.so.$(VERSION)"
	rm -f "$(DESTDIR)$(includedir)/tempfile.h" "$(DESTDIR)$(includedir)/tempfile.hpp" "$(DESTDIR)$(pkgconfigdir)/libtempfile.pc"
	rm -f "$(DESTDIR)$(cmakedir)/libtempfile-config.cmake" "$(DESTDIR)$(cmakedir)/libtempfile-config-version.cmake"
	@cd "$(DESTDIR)$(mandir)" 2>/dev/null && rm -f $(man3_pages:%=man3/%) man7/libtempfile.7 || true
	rm -f "$(DESTDIR)$(docdir)/LICENSE" "$(DESTDIR)$(docdir)/NOTICE"
	rm -f "$(DESTDIR)$(bindir)/tempfile-recover" "$(DESTDIR)$(mandir)/man1/tempfile-recover.1"
	@rm -f $(tool_examples:%="$(DESTDIR)$(docdir)/examples/tempfile-recover.%")
	@for folder in "$(docdir)/examples" "$(docdir)" "$(cmakedir)" "$(dir $(cmakedir))" "$(pkgconfigdir)" \
	  "$(mandir)/man1" "$(mandir)/man3" "$(mandir)/man7"; do \
	  rmdir "$(DESTDIR)$$folder" 2>/dev/null || true; done
	@[ -n "$(DESTDIR)" ] || echo "if $(libdir) is a folder where the loader looks, ldconfig as root makes it forget the library"
