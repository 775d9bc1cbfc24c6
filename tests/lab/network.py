# SPDX-License-Identifier: GPL-3.0-or-later
"""network - the wire between the senders and the broker, which can be cut.

As root a real one: the senders live in a network namespace at the end of a veth pair. Else
a proxy on loopback, which refuses, or accepts and lets nothing through.
"""

import os
import selectors
import socket
import subprocess
import threading
import time

from lab import programs

CHUNK = 65536


class Wire:
    """A veth pair, one end of it in a namespace, which is held by a process.

    Its addresses are of those that are set apart for benches (RFC 2544).
    """

    def __init__(self, work):
        self.here, self.there = "198.18.77.1", "198.18.77.2"
        self.link = f"sheepdog{os.urandom(3).hex()}"
        self.holder = programs.Program(["unshare", "--net", "sleep", "infinity"],
                                       f"{work}/network.log")
        self.holder.start()
        own = os.readlink("/proc/self/ns/net")
        namespace = f"/proc/{self.holder.process.pid}/ns/net"
        if not programs.wait_until(10, lambda: os.readlink(namespace) != own):
            raise RuntimeError("the network namespace is not there")
        self.inside = ["nsenter", f"--net={namespace}", "--"]
        self.lay()

    def lay(self):
        holder = self.holder.process.pid
        for line in (f"ip link add {self.link} type veth peer name eth0 netns {holder}",
                     f"ip address add {self.here}/30 dev {self.link}",
                     f"ip link set {self.link} up"):
            subprocess.run(line.split(), check=True)
        for line in (f"ip address add {self.there}/30 dev eth0", "ip link set eth0 up",
                     "ip link set lo up"):
            subprocess.run([*self.inside, *line.split()], check=True)

    def reach(self, port):
        """Where the senders find what listens on our port."""
        return self.here, port

    def cut(self, is_silent):
        """Silent: packets vanish on the way. Else the sender's own end is down."""
        self.set_link("down", is_silent)

    def mend(self):
        for is_silent in (True, False):
            self.set_link("up", is_silent)

    def set_link(self, how, is_ours):
        name = self.link if is_ours else "eth0"
        subprocess.run([*([] if is_ours else self.inside), "ip", "link", "set", name, how],
                       check=True)

    def close(self):
        self.holder.kill()


class Proxy:
    """One thread that forwards; cut, it forwards nothing."""

    def __init__(self, _work):
        self.here, self.inside = "127.0.0.1", []
        self.selector = selectors.DefaultSelector()
        self.listener, self.target, self.port = None, None, None
        self.peers = {}  # a socket's other end
        self.how = "open"
        self.wanted = "open"

    def reach(self, port):
        self.target, self.port = port, programs.free_port()
        self.listen()
        threading.Thread(target=self.run, daemon=True).start()
        return self.here, self.port

    def cut(self, is_silent):
        self.wanted = "silent" if is_silent else "refusing"

    def mend(self):
        self.wanted = "open"

    def close(self):
        self.wanted = "refusing"

    def listen(self):
        self.listener = socket.create_server((self.here, self.port), backlog=128)
        self.selector.register(self.listener, selectors.EVENT_READ)

    def run(self):
        while True:
            if self.how != self.wanted:
                self.change(self.wanted)
            events = self.selector.select(0.05) if self.selector.get_map() else []
            if self.how == "silent" or not events:
                time.sleep(0.02)
                continue
            for key, _ in events:
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj in self.peers:
                    self.forward(key.fileobj)

    def change(self, how):
        """What was under way is lost whenever the wire comes back or is refused."""
        for one in list(self.peers):
            if how != "silent":
                self.drop(one)
        if how == "refusing":
            self.selector.unregister(self.listener)
            self.listener.close()
        elif self.how == "refusing":
            self.listen()
        self.how = how

    def accept(self):
        ours, _ = self.listener.accept()
        try:
            theirs = socket.create_connection((self.here, self.target), timeout=5)
        except OSError:
            ours.close()
            return
        self.peers |= {ours: theirs, theirs: ours}
        for one in (ours, theirs):
            one.settimeout(5)
            self.selector.register(one, selectors.EVENT_READ)

    def forward(self, one):
        try:
            chunk = one.recv(CHUNK)
            if chunk:
                self.peers[one].sendall(chunk)
                return
        except OSError:
            pass
        self.drop(one)

    def drop(self, one):
        for end in (one, self.peers.get(one)):
            if self.peers.pop(end, None):
                self.selector.unregister(end)
                end.close()
