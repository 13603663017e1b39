"""The gate: a removal may reach nothing below its root by a path.

Two calls outside of the tree are allowed: the first rmdir, for an empty root, and the opening of the root's parent with
O_PATH. Permissions may be repaired through /proc/self/fd, which names a descriptor. And the C library may count the
processors, when a new thread first allocates memory.
"""

import re
from typing import List

from strace import Call

_BY_PATH = {
    "open",
    "creat",
    "unlink",
    "rmdir",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mkdir",
    "mkdirat",
    "truncate",
    "chown",
    "fchown",
    "fchownat",
    "lchown",
}
_PROCESSORS = 'AT_FDCWD, "/sys/devices/system/cpu/online", O_RDONLY|O_CLOEXEC'
_OPEN_FLAGS = ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC")


def violations(calls: List[Call], root: str) -> List[str]:
    """Lists the calls of a removal that use a path, or open something without the flags for safety."""
    found, optimistic = [], 0
    parent = root.rsplit("/", 1)[0] + "/"
    for call in calls:
        if call.name == "unlinkat" and call.arguments == f'AT_FDCWD, "{root}", AT_REMOVEDIR':
            optimistic += "EINTR" not in call.result
            if optimistic > 1:
                found.append(f"a second time: {call}")
        elif call.name == "openat" and call.arguments.startswith(f'AT_FDCWD, "{parent}", ') and "O_PATH" in call.arguments:
            pass
        elif not _allowed(call):
            found.append(str(call))
    return found


def _allowed(call: Call) -> bool:
    if call.name == "openat" and call.arguments == _PROCESSORS:
        return True
    if call.name in _BY_PATH:
        return False
    if call.name == "chmod":
        return re.match(r'"/proc/self/fd/\d+", ', call.arguments) is not None
    if call.name in ("openat", "openat2", "unlinkat", "fchmodat", "newfstatat", "statx"):
        match = re.match(r'(AT_FDCWD|\d+), "((?:[^"\\]|\\.)*)"', call.arguments)
        if match is None:
            return False
        directory, name = match.groups()
        if directory == "AT_FDCWD":
            return (
                re.match({"openat": r"/proc/self/fdinfo/\d+$", "fchmodat": r"/proc/self/fd/\d+$"}.get(call.name, "$"), name)
                is not None
            )
        if "/" in name:
            return False
        if call.name in ("openat", "openat2"):
            waits = not ("O_NONBLOCK" in call.arguments or "O_PATH" in call.arguments)
            return not waits and all(flag in call.arguments for flag in _OPEN_FLAGS)
    return True
