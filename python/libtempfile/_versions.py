"""How the standard module differs from version to version, in one table. No other module asks for the version."""

from sys import version_info as _running


def _since(*version: int) -> bool:
    return _running >= version


# 3.10
TEMPDIR_MAY_BE_BYTES = _since(3, 10)  # tempdir = b"..." makes bytes the default; gettempdir() is a str whatever it is
OPENER = _since(3, 10)  # io.open calls for the descriptor, so that a bad mode or encoding leaves nothing behind
TEXT_ENCODING = _since(3, 10)  # EncodingWarning, under -X warn_default_encoding
ABSOLUTE_FIRST = _since(3, 10)  # mkstemp makes dir absolute before the first attempt and not after the last
OS_WRITE = _since(3, 10)  # a candidate for the default directory is tried with os.write, before with io.open
IGNORE_CLEANUP_ERRORS = _since(3, 10)  # a parameter of TemporaryDirectory; and cleanup() may be repeated

# 3.11
SPOOLED_IS_IOBASE = _since(3, 11)  # with that base come its methods, a warning if dropped, and truncate()'s result
RMTREE_EVENT_DIR_FD = _since(3, 11)  # the audit event of shutil.rmtree has a second argument

# 3.12
DELETE_ON_CLOSE = _since(3, 12)  # a parameter of NamedTemporaryFile; a name that is gone is no error any more
DIRECTORY_DELETE = _since(3, 12)  # delete, a parameter of TemporaryDirectory
MKDTEMP_ABSOLUTE = _since(3, 12)  # mkdtemp(dir=".") gives an absolute path
RMTREE_ONEXC = _since(3, 12)  # shutil.rmtree is given onexc and not onerror
RESETPERMS = _since(3, 12)  # _resetperms and _dont_follow_symlinks are there

# 3.13.2
LAZY_WRITELINES = _since(3, 13, 2)  # a spooled file rolls over in the middle of writelines (gh-127371)

# 3.14
DROPPED_FILE_WARNS = _since(3, 14)  # ResourceWarning for a NamedTemporaryFile that was not closed (gh-126639)
LARGE_BUFFERS = _since(3, 14)  # io.open's buffer is a block of the file system, within limits (gh-117151)
DIRLIST = _since(3, 14)  # a parameter of _get_default_tempdir
RMTREE_EISDIR = _since(3, 14)  # TemporaryDirectory tries again after an IsADirectoryError too
FEW_ATTEMPTS = _since(3, 14, 4) or (3, 14) > _running >= (3, 13, 13)  # TMP_MAX is 20 (gh-66305)

# 3.15
RMTREE_BY_DESCRIPTOR = _since(3, 15)  # TemporaryDirectory repairs permissions by the descriptors of shutil.rmtree
UNNAMED_CAN_BE_LINKED = _since(3, 15)  # the audit event of TemporaryFile has no O_EXCL (gh-136156); the file never had
