"""Connections that take their time: slowloris.py PORT HOW MANY SECONDS

HOW is `silent` (nothing is ever sent), `head` (a header, byte by byte), `body` (a scenario, byte by byte), `streams` (a
request over HTTP/2, whose reader opens no window for the answer) or `agreed` (HTTP/2 is agreed on, and nothing asked). Whoever is thrown out comes back. Prints `ready` once
all are there, and in the end how many were thrown out."""

import resource
import socket
import ssl
import struct
import sys
import time

port, how, many, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def frame(kind, flags, stream, payload):
    """A frame of HTTP/2 (RFC 9113, 4.1)."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(index, value):
    """A header of the static table with a value of its own (RFC 7541, 6.2.2)."""
    return bytes([index, len(value)]) + value


ASKED = b"\x82\x87" + literal(4, b"/metrics") + literal(1, b"localhost")
NO_WINDOW = struct.pack(">HI", 4, 0)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
BEGIN = {
    "silent": b"",
    "head": b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
    "body": b"POST /api/v1/simulate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    b"content-length: 60000\r\n\r\n{",
    "agreed": PREFACE + frame(4, 0, 0, b""),
    "streams": PREFACE + frame(4, 0, 0, NO_WINDOW) + frame(1, 5, 1, ASKED),
}[how]
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname = False
TLS.verify_mode = ssl.CERT_NONE
TLS.set_alpn_protocols(["h2"])


def come():
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    if how in ("agreed", "streams"):
        one = TLS.wrap_socket(one)
    one.setblocking(False)
    if BEGIN:
        one.send(BEGIN)
    return one


def is_out(one):
    """Says one byte more; false where nobody listens any longer."""
    try:
        if how in ("head", "body"):
            one.send(b"a")
        return one.recv(4096) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
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
# To come back takes a while: who was looked at too early is looked at once more.
print(thrown_out + sum(map(is_out, everyone)), flush=True)
