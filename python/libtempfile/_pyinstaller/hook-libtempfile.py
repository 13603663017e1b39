"""Names what PyInstaller cannot see: the library, which ctypes loads, and submodules that are imported by a string."""

# mypy may lack PyInstaller, or its types.
from PyInstaller.utils.hooks import collect_dynamic_libs, collect_submodules  # type: ignore

hiddenimports = collect_submodules("libtempfile", filter=lambda name: "_pyinstaller" not in name)
binaries = collect_dynamic_libs("libtempfile")
