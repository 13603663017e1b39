"""Writes the reference pages of C++, Go and Python from the comments in the sources. The reference of C is genman's.

usage: reference.py GO FOLDER      GO is the Go command; the pages go to FOLDER
"""

import ast
import inspect
import os
import re
import subprocess
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEADER, GO_PACKAGE, STUBS = "bindings/cpp/tempfile.hpp", "./core", "python/libtempfile/__init__.pyi"
CODE = "    "


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def prose(text):
    """Markdown of a comment: indented lines are code, and elsewhere a letter has no meaning as markup."""
    lines = []
    in_list = False
    for line in textwrap.dedent(text).strip("\n").split("\n"):
        in_list = line.startswith("  - ") or in_list and line.startswith(CODE)
        code = line.startswith(CODE) and not in_list
        lines.append(line if code else re.sub(r"([\\`*_<>\[\]|])", r"\\\1", line))
    return "\n".join(lines)


def entry(level, name, code, comment, language):
    return "\n%s %s\n\n```%s\n%s\n```\n\n%s\n" % ("#" * level, name, language, code, prose(comment))


# --- C++: each comment of /// and the declarations below it, as clang-format has laid them out.


def declarations(code, indent):
    """The declarations that begin at an indentation, without bodies and initializers."""
    found = []
    for start in re.split(r"\n(?=%s[\w\[~])" % indent, "\n" + code.rstrip())[1:]:
        head = re.split(r"(?<!=) \{|\n *\{|\n? +: |;$", start.strip())[0]
        found.append(re.sub(r"\s+", " ", head).replace("inline ", "") + ";")
    return re.sub(r">;\n", ">\n", "\n".join(found))


def cpp():
    text = re.sub(r"\nnamespace detail \{.*?\n\} // namespace detail\n", "\n", read(HEADER), flags=re.DOTALL)
    text = re.sub(r"\n(private|protected):.*?(?=\n\};)", "\n", text, flags=re.DOTALL)
    page, scope = "# Reference of C++\n", ""
    found = re.findall(r"((?:^ *///.*\n)+)((?:^(?! *///).*\S.*\n)*)", text, re.MULTILINE)
    assert len(found) == len(re.findall(r"^ *///.*\n(?! *///)", text, re.MULTILINE)), "a comment is lost"
    for comment, code in found:
        comment = re.sub(r"^ */// ?", "", comment, flags=re.MULTILINE)
        indent = re.match(" *", code).group()
        opened = re.match(r"(enum class|class|struct) (\w+)", code)
        if not code.strip() or code.startswith("#"):
            page += "\n" + prose(comment) + "\n"
        elif opened is None:
            declared = declarations(code, indent)
            name = re.search(r"(operator[^\w\s]+|\w+)\(", declared).group(1)
            page += entry(3 if indent else 2, scope + name if indent else name, declared, comment, "cpp")
        elif opened.group(1) == "class":
            scope = opened.group(2) + "::"
            bases = re.sub(r"private [^,]*, ", "", code.split(" {")[0])
            page += entry(2, opened.group(2), bases + ";", comment, "cpp")
        else:
            page += entry(2, opened.group(2), code.strip(), comment, "cpp")
    return page


# --- Go: what `go doc -all` prints.


def go(command):
    done = subprocess.run([command, "doc", "-all", GO_PACKAGE], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    package, rest = re.split(r"\n(?=CONSTANTS\n)", done.stdout.split("\n", 1)[1])
    page = "# Reference of Go\n\n" + re.sub(r"^\\?# ", "## ", prose(package), flags=re.MULTILINE) + "\n"
    declaration = r"^((?:const|var|func|type) .*\n(?:[\t)}].*\n|\n(?=\t))*)((?: {4}.*\n|\n)*)"
    for found in re.finditer(declaration, rest, re.MULTILINE):
        code, comment = found.groups()
        method = re.match(r"func \(\w+ \*?(\w+)\) (\w+)", code)
        name = ".".join(method.groups()) if method else re.search(r"^(?:\w+ |\t)([A-Z]\w*)", code, re.MULTILINE).group(1)
        of_a_type = code.startswith("func") and found.start() > rest.index("\nTYPES\n")
        page += entry(3 if of_a_type else 2, name, code.rstrip(), comment, "go")
    return page


# --- Python: the docstrings at run time, where the package takes the interpreter for the newest one that it knows.

NEWEST = (
    "The parameters below are those of the newest Python. With an older one, the parameters are as they were in that one."
)


def python_page():
    sys.path.insert(0, os.path.join(ROOT, "python"))
    sys.dont_write_bytecode = True
    from libtempfile import _versions

    for name in vars(_versions):
        if name.isupper():
            setattr(_versions, name, True)
    import libtempfile

    stubs = {node.name: node for node in ast.parse(read(STUBS)).body if isinstance(node, ast.FunctionDef)}
    page = "# Reference of Python\n\n" + prose(libtempfile.__doc__) + "\n\n" + NEWEST + "\n"
    for name in [*libtempfile.tempfile.__all__, *libtempfile._EXTRAS]:
        value = getattr(libtempfile, name)
        if not callable(value):
            continue
        if isinstance(value, type) and issubclass(value, Exception):
            code = "class %s(%s)" % (name, value.__base__.__name__)
        elif name in stubs:
            code = "%s(%s) -> %s" % (name, ast.unparse(stubs[name].args), ast.unparse(stubs[name].returns))
        else:
            code = name + str(inspect.signature(value))
        comment = re.sub(r"^('.*?) -- ", r"  - \1: ", inspect.getdoc(value), flags=re.MULTILINE)
        page += entry(2, name, textwrap.fill(code, 100, subsequent_indent=CODE), comment, "python")
    return page


def main(command, folder):
    os.makedirs(folder, exist_ok=True)
    for name, page in ("cpp", cpp()), ("go", go(command)), ("python", python_page()):
        with open(os.path.join(folder, name + "-reference.md"), "w") as file:
            file.write(page)


if __name__ == "__main__":
    main(*sys.argv[1:])
