"""What the drop-in is for, in one program, which make demo runs.

The interpreter's own library is zipped into a NamedTemporaryFile and unpacked into a TemporaryDirectory, and every file
compared by its hash; then a form is uploaded to a server that spools it, over the limit of its memory. At the end nothing is
left.
"""

import hashlib
import http.client
import http.server
import os
import threading
import time
import zipfile

import libtempfile

print("\npython                 the same in the standard module's place\n  " + libtempfile.install())

import tempfile  # noqa: E402 - the drop-in now

LIMIT = 64 * 1024  # of an upload in memory
UPLOAD = 1024 * 1024


def digest(file):
    sha = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 16), b""):
        sha.update(block)
    return sha.hexdigest()


def library_sources():
    """The paths of the interpreter's own modules, without its tests and what is installed beside them."""
    root = os.path.dirname(os.__file__)
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - {"test", "tests", "site-packages", "dist-packages", "__pycache__", "idlelib"})
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), root), os.path.join(folder, name)


def zip_and_unpack():
    hashes = {}
    with tempfile.NamedTemporaryFile(suffix=".zip") as archive, tempfile.TemporaryDirectory(prefix="unpacked-") as folder:
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False) as out:
            for name, path in library_sources():
                with open(path, "rb") as source:
                    hashes[name] = digest(source)
                out.write(path, name)
        archive.flush()
        with zipfile.ZipFile(archive.name) as packed:  # by its name, as another program would
            packed.extractall(folder)
        for name, expected in hashes.items():
            with open(os.path.join(folder, name), "rb") as unpacked:
                if digest(unpacked) != expected:
                    raise SystemExit("%s is not what it was" % name)
        print("  zipped and unpacked %d modules, %d KB packed, every hash the same" % (
            len(hashes), os.path.getsize(archive.name) // 1024))
        names = archive.name, folder
    return names


class Upload(http.server.BaseHTTPRequestHandler):
    """Takes one file of a multipart form."""

    def do_POST(self):
        boundary = b"--" + self.headers["Content-Type"].split("boundary=")[1].encode()
        with tempfile.SpooledTemporaryFile(LIMIT) as body:
            left = int(self.headers["Content-Length"])
            rolled_at = None
            while left:
                block = self.rfile.read(min(left, 8192))
                if not block:  # the client is gone
                    return
                body.write(block)
                left -= len(block)
                if rolled_at is None and body._rolled:
                    rolled_at = body.tell()
            body.seek(0)
            content = body.read()
        content = content.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n" + boundary + b"--", 1)[0]
        answer = "%s %s" % (hashlib.sha256(content).hexdigest(), rolled_at)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *args):
        pass


def upload():
    content, boundary = os.urandom(UPLOAD), "boundary-" + next(tempfile._get_candidate_names())
    body = (b"--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"upload.bin\"\r\n\r\n" % boundary.encode()
            + content + b"\r\n--%s--\r\n" % boundary.encode())
    with http.server.HTTPServer(("127.0.0.1", 0), Upload) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
            client.request("POST", "/", body, {"Content-Type": "multipart/form-data; boundary=" + boundary})
            sha, rolled_at = client.getresponse().read().decode().split()
            client.close()
        finally:
            server.shutdown()
            thread.join()
    if sha != hashlib.sha256(content).hexdigest() or rolled_at == "None" or int(rolled_at) <= LIMIT:
        raise SystemExit("the upload came as %s, rolled over at %s" % (sha, rolled_at))
    print("  uploaded %d KB, spooled: in memory up to %d KB, on disk after %s bytes, the hash is the same" % (
        UPLOAD // 1024, LIMIT // 1024, rolled_at))


def main():
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="demo-") as own:
        tempfile.tempdir = own
        try:
            names = zip_and_unpack()
            upload()
        finally:
            tempfile.tempdir = None
        left = os.listdir(own)
    if left or any(map(os.path.exists, (*names, own))):
        raise SystemExit("left behind: %s" % left)
    print("  nothing is left, after %.1f s, with %s" % (time.monotonic() - start, libtempfile.library_path()))


if __name__ == "__main__":
    main()
