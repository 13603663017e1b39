"""The processes that do the jobs, see worker.h, and what they are made of. One that cannot be had is skipped by name."""

import os
import shutil
import subprocess
import sys

BENCH = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(BENCH))
BUILD = os.path.join(ROOT, "build")
PYTHON_PACKAGE = os.path.join(ROOT, "python")


def memory_folder():
    """A file system in memory, so that no disk is measured; None: there is none, and the default directory must do."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK | os.X_OK) else None


def go_version():
    """Of the Go that built the workers."""
    said = subprocess.check_output(["go", "version", os.path.join(BUILD, "bench", "go")], text=True)
    return "Go " + said.split()[-1][len("go") :]


class Missing(Exception):
    """A worker that this machine cannot run, and why."""


class Worker:
    """A process that answers requests."""

    def __init__(self, command, workspace):
        environment = dict(os.environ, TMPDIR=workspace, LD_LIBRARY_PATH=BUILD, PYTHONPATH=PYTHON_PACKAGE)
        self.command = command
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)

    def measure(self, contestant, count):
        """The nanoseconds that so many rounds of a contestant take."""
        self.process.stdin.write("%s %d\n" % (contestant, count))
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("%s ended at %s, with %d" % (self.command[0], contestant, self.process.wait()))
        return int(answer)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Interpreters:
    """Imports a module in fresh interpreters, without the packages of a site: one of those may have imported it before."""

    PROGRAM = "import sys, time; sys.path[:0] = %r; a = time.perf_counter_ns(); import %s; print(time.perf_counter_ns() - a)"

    def __init__(self, workspace):
        self.folders = [PYTHON_PACKAGE, os.path.join(workspace, "modules")]
        empty = os.path.join(self.folders[1], "empty_package")
        os.makedirs(empty)
        with open(os.path.join(empty, "__init__.py"), "w"):
            pass

    def measure(self, module, count):
        program = self.PROGRAM % (self.folders, module)
        return sum(int(subprocess.check_output([sys.executable, "-I", "-S", "-c", program])) for _ in range(count))

    def close(self):
        shutil.rmtree(self.folders[1])


def _rust():
    """The peers in Rust are built here: without cargo, or without the network at the first time, there are none."""
    if shutil.which("cargo") is None:
        raise Missing("the peers in Rust: cargo is missing (https://rustup.rs)")
    target = os.path.join(BUILD, "bench", "rust")
    build = [
        "cargo",
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--target-dir",
        target,
        "--manifest-path",
        os.path.join(BENCH, "rust", "Cargo.toml"),
    ]
    if subprocess.run(build + ["--offline"], stderr=subprocess.DEVNULL).returncode != 0:
        failure = subprocess.run(build, stderr=subprocess.PIPE, text=True)
        if failure.returncode != 0:
            said = failure.stderr.strip().splitlines() or ["no reason given"]
            raise Missing("the peers in Rust: cargo cannot build them: " + said[0])
    return [os.path.join(target, "release", "peers")]


PEERS = os.path.join(BENCH, "peers")


def _fetched(what, programs, made, *commands):
    """Runs the commands that fetch and build peers, unless they have been made."""
    for program in programs:
        if shutil.which(program) is None:
            raise Missing("%s: %s is missing" % (what, program))
    if not os.path.exists(made):
        os.makedirs(os.path.dirname(made), exist_ok=True)
        for command in commands:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                said = done.stdout.strip().splitlines() or ["no reason given"]
                raise Missing("%s: %s says: %s" % (what, command[0], said[-1]))


def _go_peers():
    made = os.path.join(BUILD, "bench", "go-peers")
    build = [
        "go",
        "build",
        "-C",
        os.path.join(PEERS, "go"),
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        "-o",
        made,
        ".",
    ]
    _fetched("renameio", ["go"], made, build)
    return [made]


def _python_peers():
    folder = os.path.join(BUILD, "bench", "python-peers")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, "atomicwrites==1.4.1"]
    _fetched("python-atomicwrites", [], os.path.join(folder, "atomicwrites"), pip)
    run = "import sys; sys.path.insert(0, %r); sys.path.insert(0, %r); import python_peers; python_peers.main()"
    return [sys.executable, "-c", run % (folder, PEERS)]


def _node_peers():
    folder = os.path.join(BUILD, "bench", "node-peers")
    made = os.path.join(folder, "node_modules", "write-file-atomic")
    npm = ["npm", "install", "--silent", "--no-save", "--prefix", folder, "write-file-atomic@7.0.0"]
    _fetched("write-file-atomic", ["node", "npm"], made, npm)
    return ["env", "NODE_PATH=" + os.path.join(folder, "node_modules"), "node", os.path.join(PEERS, "node_peers.js")]


def _python():
    return [sys.executable, os.path.join(BENCH, "worker_python.py")]


COMMANDS = {
    "c": lambda: [os.path.join(BUILD, "bench", "worker")],
    "c-alone": lambda: [os.path.join(BUILD, "bench", "worker-alone")],  # without the library
    "python": _python,
    "python-alone": _python,  # it loads the library at the first use, and here there is none
    "go": lambda: [os.path.join(BUILD, "bench", "go")],
    "rust": _rust,
    "go-peers": _go_peers,
    "python-peers": _python_peers,
    "node-peers": _node_peers,
}


class Workers:
    """Starts what is asked for, once. A contestant is called WORKER:NAME."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.started = {}
        self.missing = {}

    def _worker(self, kind):
        if kind in self.missing:
            raise Missing(self.missing[kind])
        if kind not in self.started:
            try:
                self.started[kind] = (
                    Interpreters(self.workspace) if kind == "import" else Worker(COMMANDS[kind](), self.workspace)
                )
            except Missing as missing:
                self.missing[kind] = str(missing)
                raise
        return self.started[kind]

    def has(self, contestant):
        try:
            self._worker(contestant.partition(":")[0])
            return True
        except Missing:
            return False

    def measure(self, contestant, count):
        kind, _, name = contestant.partition(":")
        return self._worker(kind).measure(name, count)

    def close(self):
        for worker in self.started.values():
            worker.close()
