from setuptools import Distribution, setup


class WithLibrary(Distribution):
    """The library in the package makes a wheel one platform's: without this it would be for any."""

    def has_ext_modules(self):
        return True


setup(distclass=WithLibrary)
