# SPDX-License-Identifier: GPL-3.0-or-later
"""programs - servers under test: started, killed, stopped, and started again."""

import atexit
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

AS_WE_ARE = '(user "root")'  # for a server's configuration: root stays root
START_SECONDS = 60
END_SECONDS = 60
REST = 0.3  # seconds until a program that ended by itself is started again

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
build = os.path.abspath(os.environ.get("BUILD", f"{root}/build/gcc"))


def find(name):
    """One of ours, as it was built."""
    return f"{build}/{name}"


def free_port(address="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def accepts(address, port):
    try:
        socket.create_connection((address, port), timeout=1).close()
        return True
    except OSError:
        return False


def wait_until(seconds, condition, step=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(step)
    return condition()


def write(path, text):
    """For us alone, as what holds passwords must be."""
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)


def new_id():
    """A UUIDv7."""
    bits = secrets.token_hex(10)
    stamp = f"{time.time_ns() // 1000000:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{bits[:3]}-8{bits[3:6]}-{bits[6:18]}"


class Program:
    """A program that is to run; its output goes to the end of a log.

    is_group: signals go to what it started, too, as for a server behind a script.
    """

    def __init__(self, arguments, log, environment=None, is_group=False):
        self.arguments, self.log, self.is_group = arguments, log, is_group
        self.environment = environment and os.environ | environment
        self.process, self.is_wanted = None, False
        self.ended_at, self.ended_by_itself = 0, []
        atexit.register(self.end_now)

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, start_new_session=True)
        self.is_wanted = True

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        if self.is_running() and self.is_group:
            os.killpg(self.process.pid, number)
        elif self.is_running():
            self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.is_wanted = False

    def keep_running(self):
        """To be called now and then: starts again what ended by itself, and notes it."""
        if not self.is_wanted or self.is_running():
            return
        if self.process.returncode is not None and not self.ended_at:
            self.ended_by_itself.append((time.monotonic(), self.process.returncode))
            self.ended_at = time.monotonic()
        if time.monotonic() - self.ended_at > REST:
            self.ended_at = 0
            self.start()

    def end(self):
        """By SIGTERM; gives the exit status, negative where a signal was needed."""
        self.is_wanted = False
        if not self.is_running():
            return self.process.returncode if self.process else 0
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.process.returncode

    def end_now(self):
        try:
            self.kill()
        except ProcessLookupError:
            pass


class Claims:
    """What a test found, a line a claim, as tools/run-tests counts them."""

    def __init__(self, prefix=""):
        self.prefix, self.failures = prefix, 0

    def __call__(self, name, is_true, detail=""):
        end = "" if is_true else f": {detail}"
        print(f"{'ok' if is_true else 'not ok'} {self.prefix}{name}{end}", flush=True)
        self.failures += not is_true
        return bool(is_true)


def end_by_signal(number, _frame):
    sys.exit(128 + number)


def exit_on_signals():
    """So that what is registered with atexit is done."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end_by_signal)


def can_isolate():
    """Whether we may make namespaces: root may, where a container does not forbid it."""
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--uts", "--fork", "true"],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def isolate():
    """Gives the folder to work in, and whether we may do what root may.

    As root the script runs once more, in namespaces of its own: its network is nobody
    else's, and when it ends, however it does, the kernel ends all that it started and
    forgets what it mounted.
    """
    exit_on_signals()
    inherited = os.environ.pop("SHEEPDOG_LAB", None)
    if inherited:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return inherited, True
    work = tempfile.mkdtemp(prefix="sheepdog-lab.")
    atexit.register(shutil.rmtree, work, ignore_errors=True)
    if not can_isolate():
        return work, False
    inner = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--net", "--pid",
         "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv],
        env=os.environ | {"SHEEPDOG_LAB": work})
    atexit.register(inner.wait)
    atexit.register(inner.kill)
    sys.exit(inner.wait())
