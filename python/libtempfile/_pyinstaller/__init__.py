"""For PyInstaller, which asks the entry point in its group "pyinstaller40" where the hooks of this package are."""

import os


def get_hook_dirs() -> "list[str]":
    return [os.path.dirname(os.path.abspath(__file__))]
