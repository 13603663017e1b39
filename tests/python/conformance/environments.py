"""Environments for the standard library's tests: a plain venv, or one with the drop-in in the standard module's place."""

import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.join(HERE, "..", "..", "..", "python", "libtempfile")
SECONDS = int(os.environ.get("TEST_SECONDS", "1200"))


class Environment:
    """A venv of an interpreter. 'libraries' maps names in the package's folder to the files to put there; None: plain."""

    def __init__(self, interpreter, folder, libraries=None):
        self.folder, self.interpreter = folder, interpreter
        self.kind = "standard" if libraries is None else "libtempfile"
        self._run([interpreter.path, "-I", "-m", "venv", "--without-pip", folder])
        self.python = os.path.join(folder, "bin", "python3")
        if libraries is not None:
            self._shadow(libraries)

    def _run(self, command):
        subprocess.run(command, check=True, env={**_clean(), **self.interpreter.environment}, timeout=SECONDS,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def _shadow(self, libraries):
        site = os.path.join(self.folder, "lib", "python%d.%d" % self.interpreter.version[:2], "site-packages")
        package = os.path.join(site, "libtempfile")
        shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        for name, file in libraries.items():
            shutil.copy(file, os.path.join(package, name))
        self._run([self.python, "-I", "-m", "compileall", "-q", package])
        self._run([self.python, "-I", "-m", "libtempfile.shadow", "enable"])
        shutil.copy(os.path.join(HERE, "witness.py"), site)
        with open(os.path.join(site, "witness.pth"), "w") as file:  # after libtempfile-shadow.pth in the alphabet
            file.write("import witness\n")
        log = os.path.join(self.folder, "witness.log")
        with open(log, "w"):
            os.chmod(log, 0o666)

    def judge(self, tests, folder, uid=None):
        """Runs tests as a user in a folder; gives their outcomes, what was printed, and what they left behind."""
        temporary, work = os.path.join(folder, "tmp"), os.path.join(folder, "work")
        os.mkdir(folder)
        os.mkdir(temporary)
        os.mkdir(work)
        if uid is not None:
            for path in (folder, temporary, work):
                os.chown(path, uid, uid)
        result = os.path.join(folder, "result.json")
        who = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
        script = os.path.join(self.folder, "judge.py")
        shutil.copy(os.path.join(HERE, "judge.py"), script)
        environment = {**_clean(), **self.interpreter.environment, "TMPDIR": temporary, "HOME": work}
        done = subprocess.run([self.python, script, self.kind, result, *tests], cwd=work, env=environment, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **who)
        return Outcome(done, result, os.listdir(temporary), self.witnesses())

    def witnesses(self):
        """What the interpreters of a shadowed environment noted since the last time; None for a plain one."""
        log = os.path.join(self.folder, "witness.log")
        if self.kind == "standard":
            return None
        with open(log, "r+") as file:
            lines = file.read().splitlines()
            file.truncate(0)
        return lines


class Outcome:
    def __init__(self, done, result, left, witnesses):
        import json

        self.said, self.left, self.witnesses = done.stdout.decode("utf-8", "replace"), left, witnesses
        self.tests = {}
        if os.path.exists(result):
            with open(result) as file:
                self.tests = json.load(file)

    def those(self, outcome):
        return sorted(name for name, (what, why) in self.tests.items() if what == outcome)

    def count(self, outcome):
        return len(self.those(outcome))


def _clean():
    """The environment without what would change how Python works."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LD_"))}
