# The packages for pip, in build/dist. setuptools makes them without pip and without a network.

.PHONY: wheel sdist need-setuptools
wheel: need-go need-cc need-setuptools $(B)/libtempfile.so ## build: a wheel that carries the library, in build/dist
	@mkdir -p $(B)/dist && rm -f $(B)/dist/*.whl
	@$(call backend,build_wheel)

sdist: need-setuptools ## build: a source archive that builds where Go and a C compiler are, in build/dist
	@mkdir -p $(B)/dist && rm -f $(B)/dist/*.tar.gz
	@$(call backend,build_sdist)

backend = cd python && \
  $(PYTHON) -B -c 'import setuptools.build_meta as b; print("made $(B)/dist/" + b.$(1)("../$(B)/dist"))' \
  >../$(B)/package.log 2>&1 && tail -n 1 ../$(B)/package.log || { cat ../$(B)/package.log; exit 1; }

need-setuptools: need-python
	@$(PYTHON) python/can_build.py
