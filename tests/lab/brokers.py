# SPDX-License-Identifier: GPL-3.0-or-later
"""brokers - the three queues as real servers, and the handler that reads them.

A broker is durable as its figures are measured: what it has taken is on its disk. Each is
reached at an address of this machine, which a wire leads to (network.py).
"""

import os

from lab import programs

PASSWORD = "correct-horse"  # the wire is not loopback: the brokers want one


class Door:
    """http: the queue daemon is broker and handler in one."""

    name = "http"
    programs = ["sheepdog-queue-daemon"]

    def __init__(self, work, address):
        self.address, self.port = address, programs.free_port(address)
        self.work, self.program, self.started = work, None, []

    def url(self, address, port):
        return f"http://{address}:{port}"

    def read(self):
        """What the handler's configuration says of it."""
        beyond = "" if self.address.startswith("127.") else "(cleartext #t)"
        return f'(listen "{self.address}") (port {self.port}) {beyond}'

    def use(self, handler):
        """The handler that it is a part of."""
        self.program = handler

    def is_ready(self):
        return programs.accepts(self.address, self.port)


class Server:
    """A broker of its own, started at once."""

    programs = ["sheepdog-handler", "sheepdog-queue-daemon"]
    scheme = "none"

    def __init__(self, work, address):
        self.address, self.port = address, programs.free_port(address)
        self.work = f"{work}/{self.name}"
        os.makedirs(self.work)
        self.started = []  # what it needs besides
        self.program = self.make()
        self.program.start()

    def url(self, address, port):
        return f"{self.scheme}://{self.user}:{PASSWORD}@{address}:{port}"

    def read(self):
        """What a killed handler held is soon another's."""
        return f'(read "{self.url(self.address, self.port)}") (claim-after "2s")'

    def use(self, handler):
        pass

    def is_ready(self):
        return programs.accepts(self.address, self.port)


class Redis(Server):
    name = scheme = "redis"
    user = "default"

    def make(self):
        conf = f"{self.work}/redis.conf"
        programs.write(conf, f"""bind {self.address}
port {self.port}
dir {self.work}
requirepass {PASSWORD}
appendonly yes
appendfsync always
save ""
""")
        return programs.Program(["redis-server", conf], f"{self.work}/log")


class Rabbit(Server):
    """RabbitMQ with all that is its own: node, ports, folders, cookie, and epmd."""

    name, scheme = "amqp", "amqp"
    user = "sheepdog"

    def make(self):
        epmd_port, home = programs.free_port(), self.work
        programs.write(f"{home}/rabbitmq.conf", f"""
listeners.tcp.1 = {self.address}:{self.port}
default_user = {self.user}
default_pass = {PASSWORD}
disk_free_limit.absolute = 1MB
log.console = true
log.file = false
""")
        programs.write(f"{home}/plugins", "[].\n")
        environment = {
            "HOME": home,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{home}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": home,
            "RABBITMQ_NODENAME": f"lab{os.getpid()}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": self.address,
            "RABBITMQ_DIST_PORT": str(programs.free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "+sbwt none +sbwtdcpu none +sbwtdio none "
                "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        epmd = programs.Program(
            ["epmd", "-address", "127.0.0.1", "-port", str(epmd_port)],
            f"{home}/epmd.log", environment)
        epmd.start()
        self.started.append(epmd)
        return programs.Program(["/usr/lib/rabbitmq/bin/rabbitmq-server"],
                                f"{home}/log", environment, is_group=True)


brokers = {broker.name: broker for broker in (Door, Redis, Rabbit)}
