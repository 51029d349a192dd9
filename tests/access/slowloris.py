"""Connections that take their time: slowloris.py PORT HOW MANY SECONDS

HOW is `silent` (nothing is ever sent), `head` (a header, byte by byte) or `body` (a form, byte by byte). Whoever is thrown
out comes back. Prints `ready` once all are there, and in the end how many were thrown out."""

import resource
import socket
import sys
import time

port, how, many, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
BEGIN = {
    "silent": b"",
    "head": b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
    "body": b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n"
    b"content-length: 60000\r\n\r\ntoken=",
}[how]


def come():
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    one.setblocking(False)
    if BEGIN:
        one.send(BEGIN)
    return one


def is_out(one):
    """Says one byte more; false where nobody listens any longer."""
    try:
        if how != "silent":
            one.send(b"a")
        return one.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


everyone = []
for _ in range(many):
    everyone.append(come())
print("ready", flush=True)
until, thrown_out = time.monotonic() + seconds, 0
while time.monotonic() < until:
    for at, one in enumerate(everyone):
        if is_out(one):
            one.close()
            thrown_out += 1
            try:
                everyone[at] = come()
            except OSError:
                pass
    time.sleep(0.2)
print(thrown_out, flush=True)
