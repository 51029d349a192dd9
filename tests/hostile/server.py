#!/usr/bin/env python3
"""Servers that mean harm, or are broken as if they did. Each has a port of its own; standard output tells them, as
JSON. At `stats` the first tells what each was sent and has sent. Ends with its standard input."""

import gzip
import json
import socket
import ssl
import struct
import sys
import threading
import time
import zlib

GIB = 1 << 30
stats = {}
ports = {}
PIECE = b" " * (64 << 10)


def request(stream):
    """The head of a request; its body matters to nobody."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = stream.recv(65536)
        if not piece:
            break
        head += piece
    return head


def answer(stream, *headers, status="200 OK"):
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers, "", ""]
    stream.sendall("\r\n".join(lines).encode())


def forever(name, stream, piece, pause=0.0):
    """As long as anybody takes it, and 10 GiB at most."""
    while stats[name]["sent"] < 10 * GIB:
        stream.sendall(piece)
        stats[name]["sent"] += len(piece)
        if pause:
            time.sleep(pause)


def redirect(name, stream):
    answer(stream, f"Location: http://127.0.0.1:{ports['elsewhere']}/taken", "Content-Length: 0", status="302 Found")


def elsewhere(name, stream):
    answer(stream, "Content-Length: 2")
    stream.sendall(b"{}")


def length(name, stream):
    answer(stream, f"Content-Length: {10 * GIB}")
    forever(name, stream, PIECE)


def endless(name, stream):
    answer(stream, "Transfer-Encoding: chunked")
    forever(name, stream, b"%x\r\n%s\r\n" % (len(PIECE), PIECE))


def compressed(name, stream):
    """A kilobyte for each megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    answer(stream, "Content-Encoding: gzip", "Connection: close")
    stream.sendall(gzip.compress(b"")[:10])
    forever(name, stream, piece)


def values(name, stream):
    body = b"[" + b"[]," * (20 << 20) + b"0]"
    answer(stream, f"Content-Length: {len(body)}")
    stream.sendall(body)
    stats[name]["sent"] += len(body)


def nested(name, stream):
    body = b"[" * (2 << 20)
    answer(stream, f"Content-Length: {len(body)}")
    stream.sendall(body)
    stats[name]["sent"] += len(body)


def trickle(name, stream):
    answer(stream, "Content-Length: 1000")
    forever(name, stream, b" ", 1)


def trickling_head(name, stream):
    for byte in b"HTTP/1.1 200 OK\r\nX: ":
        stream.sendall(bytes([byte]))
        time.sleep(1)
    forever(name, stream, b"x", 1)


def headers(name, stream):
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    forever(name, stream, b"X-More: " + b"x" * 8000 + b"\r\n")


def broken(name, stream):
    answer(stream, "Content-Length: 1000")
    stream.sendall(b"{")


def silent(name, stream):
    while stream.recv(65536):
        pass


def reset(name, stream):
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def ldap_long(name, stream):
    """A message that says it has two gigabytes (X.690, 8.1.3)."""
    stream.recv(65536)
    stream.sendall(b"\x30\x84\x7f\xff\xff\xff")
    forever(name, stream, PIECE)


def ldap_trickle(name, stream):
    stream.recv(65536)
    stream.sendall(b"\x30\x84\x00\x00\x00\xff")
    forever(name, stream, b"\x04", 1)


def mysql_long(name, stream):
    """A packet of the longest length is continued by the next one."""
    packet = b"\xff\xff\xff\x00" + b"\x0a" + b" " * (0xFFFFFF - 1)
    forever(name, stream, packet)


def mysql_trickle(name, stream):
    stream.sendall(b"\x4a\x00\x00\x00")
    forever(name, stream, b"\x0a", 1)


def asked(name, stream):
    body = json.dumps(stats).encode()
    answer(stream, f"Content-Length: {len(body)}", "Connection: close")
    stream.sendall(body)


MODES = {
    "stats": asked, "redirect": redirect, "elsewhere": elsewhere, "length": length, "endless": endless,
    "compressed": compressed, "values": values, "nested": nested, "trickle": trickle,
    "trickling_head": trickling_head, "headers": headers, "broken": broken, "silent": silent, "reset": reset,
    "ldap_long": ldap_long, "ldap_trickle": ldap_trickle, "mysql_long": mysql_long, "mysql_trickle": mysql_trickle,
    "tls": elsewhere,
}
SPEAKS_FIRST = ("silent", "ldap_long", "ldap_trickle", "mysql_long", "mysql_trickle", "reset")


def talk(name, stream, context):
    try:
        if context:
            stream = context.wrap_socket(stream, server_side=True)
        if name not in SPEAKS_FIRST:
            head = request(stream)
            stats[name]["asked"] += 1
            stats[name]["heads"].append(head.decode("latin-1"))
        MODES[name](name, stream)
    except OSError:
        pass
    finally:
        stream.close()


def serve(name, listener, context):
    while True:
        stream, _ = listener.accept()
        threading.Thread(target=talk, args=(name, stream, context), daemon=True).start()


def main():
    for name in MODES:
        context = None
        if name == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1])
        stats[name] = {"asked": 0, "sent": 0, "heads": []}
        # All of 127.0.0.0/8: the certificate is for 127.0.0.1 alone.
        listener = socket.create_server(("", 0))
        # What the system keeps of an answer was not taken by anybody.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 << 10)
        ports[name] = listener.getsockname()[1]
        threading.Thread(target=serve, args=(name, listener, context), daemon=True).start()
    print(json.dumps(ports), flush=True)
    sys.stdin.read()


main()
