#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""services.py: small servers on loopback, for the plugins of Nagios to look at. Each speaks as
much of its protocol as a first look hears. Prints "NAME PORT" a line for each, then "ready", and
ends when its stdin does.
"""

import asyncio
import struct
import sys
import time

# What is said at once, and to a line that begins so.
SPEECH = {
    "ftp": (b"220 ready\r\n", {b"QUIT": b"221 bye\r\n"}),
    "imap": (b"* OK ready\r\n", {b"a1": b"* BYE\r\na1 OK\r\n"}),
    "pop": (b"+OK ready\r\n", {b"QUIT": b"+OK bye\r\n"}),
    "nntp": (b"200 ready\r\n", {b"QUIT": b"205 bye\r\n"}),
    "smtp": (b"220 here ESMTP\r\n", {b"EHLO": b"250 here\r\n", b"HELO": b"250 here\r\n",
                                     b"QUIT": b"221 bye\r\n"}),
    "ssh": (b"SSH-2.0-OpenSSH_9.2\r\n", {}),
    "clamd": (b"", {b"PING": b"PONG\n"}),
    "jabber": (b"", {b"<": b"<?xml version='1.0'?><stream:stream xmlns:stream="
                           b"'http://etherx.jabber.org/streams'>\n"}),
    "http": (b"", {b"GET": b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nsheep\n"}),
}


class Speaker(asyncio.Protocol):
    def __init__(self, name):
        self.greeting, self.answers = SPEECH[name]
        self.closes = name == "http"

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.greeting)

    def data_received(self, data):
        for line in data.splitlines() or [b""]:
            for start, answer in self.answers.items():
                if line.startswith(start) or line.startswith(b"n" + start):
                    self.transport.write(answer)
                    if self.closes:
                        self.transport.close()


class Clock(asyncio.Protocol):
    """time (RFC 868): seconds since 1900."""

    def connection_made(self, transport):
        transport.write(struct.pack(">I", int(time.time()) + 2208988800))
        transport.close()


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(data, address)


async def main():
    loop = asyncio.get_running_loop()
    kinds = {name: lambda name=name: Speaker(name) for name in SPEECH} | {"time": Clock}
    for name, kind in kinds.items():
        server = await loop.create_server(kind, "127.0.0.1", 0)
        print(name, server.sockets[0].getsockname()[1])
    transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    print("udp", transport.get_extra_info("sockname")[1])
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)


asyncio.run(main())
