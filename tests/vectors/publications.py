"""The cases of publish.json, by hand: CPython has nothing of the kind. generate.py writes the file."""

NO_REPLACE, SYNC, ACROSS, LIKE_TARGET, FOLLOW, BACKUP, WHERE_POSSIBLE, EXCHANGE = (1 << bit for bit in range(16, 24))
FILES = ("named_temporary_file", "temporary_file", "spooled_temporary_file")
ALL = FILES + ("replace",)
# Python's persist() takes keywords and not flags: it cannot be asked for what no flag is, and Python has no replace().
NOT_PYTHON = {"except": ["python"]}

NEW, OLD = "new 644", "old 604"


def case(functions, path, flags=0, changes=None, errno=None, **options):
    """What changes is a map from names to what they are afterwards; null: gone."""
    expect = {"errno": errno} if errno else {"changes": changes}
    given = {key: value for key, value in {"flags": flags, **options}.items() if value}
    return {"functions": list(functions), "path": path, "options": given, **expect}


def replacing():
    for flags in (0, SYNC, ACROSS, FOLLOW, LIKE_TARGET, BACKUP, SYNC | ACROSS | FOLLOW | LIKE_TARGET | BACKUP, NO_REPLACE):
        yield case(ALL, "free", flags, {"free": NEW})
        yield case(ALL, "folder/free", flags, {"folder/free": NEW})
    for flags in (0, SYNC, ACROSS, FOLLOW):
        yield case(ALL, "taken", flags, {"taken": NEW})
        yield case(ALL, "folder/../taken", flags, {"taken": NEW})
    for link in ("link", "dangling", "chain", "loop"):
        yield case(ALL, link, 0, {link: NEW})
        yield case(ALL, link, SYNC, {link: NEW})
    yield case(ALL, "link", FOLLOW, {"taken": NEW})
    yield case(ALL, "chain", FOLLOW | SYNC, {"taken": NEW})
    yield case(ALL, "dangling", FOLLOW, {"nowhere": NEW})
    yield case(ALL, "folder/up", FOLLOW, {"taken": NEW})
    yield case(ALL, "loop", FOLLOW, errno="ELOOP")
    yield case(ALL, "n" * 255, 0, {"n" * 255: NEW})


def not_replacing():
    for path in ("taken", "link", "dangling", "loop", "folder"):
        yield case(ALL, path, NO_REPLACE, errno="EEXIST")
        yield case(ALL, path, NO_REPLACE | SYNC | ACROSS, errno="EEXIST")
    yield case(ALL, "dangling", NO_REPLACE | FOLLOW, {"nowhere": NEW})
    yield case(ALL, "link", NO_REPLACE | FOLLOW, errno="EEXIST")


def like_the_target():
    for flags in (LIKE_TARGET, LIKE_TARGET | WHERE_POSSIBLE, LIKE_TARGET | SYNC):
        yield case(ALL, "taken", flags, {"taken": "new 604"})
        yield case(ALL, "link", flags | FOLLOW, {"taken": "new 604"})
        for path in ("link", "dangling"):
            yield case(ALL, path, flags, errno="EINVAL")
    yield case(FILES, "taken", LIKE_TARGET, {"taken": "new 604"}, permissions=0o640)
    yield case(FILES, "free", LIKE_TARGET, {"free": "new 640"}, permissions=0o640)
    for permissions in (0o600, 0o777, 0o401):
        yield case(FILES, "taken", 0, {"taken": f"new {permissions:o}"}, permissions=permissions)
        yield case(FILES, "free", NO_REPLACE, {"free": f"new {permissions:o}"}, permissions=permissions)
    for permissions in (0o1000, 0o4755, 0xFFFFFFFF):
        yield case(FILES, "free", 0, errno="EINVAL", permissions=permissions)


def with_a_backup():
    yield case(ALL, "taken", BACKUP, {"taken": NEW, "taken~": OLD})
    yield case(ALL, "taken", BACKUP | LIKE_TARGET | SYNC, {"taken": "new 604", "taken~": OLD})
    yield case(ALL, "link", BACKUP, {"link": NEW, "link~": "-> taken"})
    yield case(ALL, "link", BACKUP | FOLLOW, {"taken": NEW, "taken~": OLD})
    for backup in ("was", "dangling", "link"):
        yield case(FILES, "taken", BACKUP, {"taken": NEW, backup: OLD}, backup=backup)
        yield case(FILES, "free", BACKUP, {"free": NEW}, backup=backup)
    yield case(FILES, "taken", BACKUP, errno="EISDIR", backup="folder")
    for backup in ("a/b", "/a", ".", "..", "taken"):
        yield case(FILES, "taken", BACKUP, errno="EINVAL", backup=backup)
    yield case(FILES, "taken", 0, errno="EINVAL", backup="was") | NOT_PYTHON  # which takes it for the wish


def within_a_directory():
    yield case(FILES, "free", 0, {"folder/free": NEW}, within="folder")
    yield case(FILES, "inner", SYNC, {"folder/inner": NEW}, within="folder")
    yield case(FILES, "up", 0, {"folder/up": NEW}, within="folder")
    yield case(FILES, "../folder/free", 0, errno="EPERM", within="folder")
    yield case(FILES, "../taken", 0, errno="EPERM", within="folder")
    yield case(FILES, "up", FOLLOW, errno="EPERM", within="folder")
    yield case(FILES, "missing/x", 0, errno="ENOENT", within="folder")
    yield case(FILES, "x", 0, errno="ENOENT", within="missing")
    yield case(FILES, "x", 0, errno="ENOTDIR", within="taken")


def refused():
    for path, errno in (
        ("", "ENOENT"),
        (".", "EINVAL"),
        ("..", "EINVAL"),
        ("folder/", "EINVAL"),
        ("free/", "EINVAL"),
        ("folder/.", "EINVAL"),
        ("missing/x", "ENOENT"),
        ("dangling/x", "ENOENT"),
        ("taken/x", "ENOTDIR"),
        ("loop/x", "ELOOP"),
        ("folder", "EISDIR"),
        ("n" * 256, "ENAMETOOLONG"),
    ):
        for flags in (0, SYNC | ACROSS):
            yield case(ALL, path, flags, errno=errno)
    for path in ("a\0b", "\0"):
        yield case(ALL, path, 0, errno="EINVAL") | {"except": ["c", "cpp"]}  # whose runners have C strings
    for flags in (NO_REPLACE | BACKUP, NO_REPLACE | LIKE_TARGET, WHERE_POSSIBLE, NO_REPLACE | WHERE_POSSIBLE):
        yield case(ALL, "free", flags, errno="EINVAL")
        yield case(ALL, "taken", flags, errno="EINVAL")
    for flags in (EXCHANGE, 0x1, 0x20, 0x40, 0x1000000, 0x80000000):
        yield case(ALL, "free", flags, errno="EINVAL") | NOT_PYTHON


def directories():
    def tree(*arguments, **keywords):
        return case(["temporary_directory"], *arguments, **keywords) | NOT_PYTHON

    for flags in (0, NO_REPLACE, SYNC):
        yield tree("free", flags, {"free": "/ 700"})
        yield tree("folder/free", flags, {"folder/free": "/ 700"})
        for path in ("taken", "link", "dangling", "folder"):
            yield tree(path, flags, errno="EEXIST")
    # The folder gets the temporary name, and goes with that.
    yield tree("folder", EXCHANGE, {"folder": "/ 700", "folder/inner": None, "folder/up": None})
    yield tree("folder", EXCHANGE | SYNC, {"folder": "/ 700", "folder/inner": None, "folder/up": None})
    yield tree("free", EXCHANGE, errno="ENOENT")
    for path in ("taken", "link"):
        yield tree(path, EXCHANGE, errno="ENOTDIR")
    for path, errno in (("", "ENOENT"), (".", "EINVAL"), ("x/", "EINVAL"), ("missing/x", "ENOENT"), ("taken/x", "ENOTDIR")):
        yield tree(path, 0, errno=errno)
    for flags in (EXCHANGE | NO_REPLACE, ACROSS, LIKE_TARGET, FOLLOW, BACKUP, WHERE_POSSIBLE, 0x1, 0x1000000):
        yield tree("free", flags, errno="EINVAL")


def publications():
    for group in (replacing, not_replacing, like_the_target, with_a_backup, within_a_directory, refused, directories):
        yield from group()
