"""What the benchmarks share: a server of their own on free ports, its processor time, times and their percentiles, tables.

Everything runs on the loopback and ends by itself. Figures are processor time and ratios; wall-clock figures stand beside
a peer's or a limit's of the same run, because machines are shared and noisy.
"""

import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import time

PASSWORD = "a bench in the park, 2026"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """Processor time of a process that runs, user and system."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kib(pid, what):
    """`VmRSS` (now) or `VmHWM` (the most so far)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(what + ":"):
                return int(line.split()[1])
    raise RuntimeError(f"{what} is not in /proc/{pid}/status")


def forget_peak(pid):
    """From now on `VmHWM` counts anew."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")


def run_child(arguments, **options):
    """Runs a program to its end: (wall seconds, processor seconds, peak KiB)."""
    started = time.perf_counter()
    child = subprocess.Popen(arguments, **options)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{arguments[0]} failed ({child.returncode})")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def percentile(times, share):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Portal:
    """An installation with a made-up fleet, and its server."""

    def __init__(self, binary, folder, devices):
        self.binary, self.folder, self.devices = binary, folder, devices
        self.http, self.sip = free_port(), free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TONALITE_")}
        self.environment = inherited | {
            "TONALITE_DATA": folder,
            "TONALITE_HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "TONALITE_PUBLIC_URL": f"http://127.0.0.1:{self.http}",
            "TONALITE_SIP_LISTEN": f"127.0.0.1:{self.sip}",
            "TONALITE_LOG": "warn",
        }
        self.process = None

    def command(self, *arguments, given=None):
        done = subprocess.run([self.binary, *arguments], env=self.environment, input=given, text=True, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.strip()

    def make(self, *options):
        """Fills it and makes a portal user; `filling` is (wall, processor seconds, peak KiB) of it."""
        figures = run_child([self.binary, "seed", "--devices", str(self.devices), *options], env=self.environment,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.command("user", "create", "--username", "bench", "--party", "platform", "--role", "admin",
                     "--password-stdin", given=PASSWORD + "\n")
        self.token = self.command("token", "create", "--username", "bench")
        self.filling = figures

    def start(self):
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stdout=subprocess.DEVNULL)
        for _ in range(3000):
            if self.process.poll() is not None:
                raise RuntimeError("the server ended at once")
            try:
                client = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
                client.request("GET", "/readyz")
                if client.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("the server is not ready after 300 s")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            raise RuntimeError("the server did not end in good order")

    def cpu(self):
        return cpu_seconds(self.process.pid)


class Visitor:
    """A browser that is signed in, as far as the server can tell: one connection, kept open."""

    def __init__(self, portal):
        self.connection = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=60)
        body = json.dumps({"username": "bench", "password": PASSWORD})
        self.connection.request("POST", "/api/v1/session", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 204:
            raise RuntimeError(f"sign-in failed: {answer.status}")
        cookie = answer.getheader("Set-Cookie").split(";")[0]
        self.headers = {"Cookie": cookie, "Accept": "text/html", "Accept-Language": "en"}

    def get(self, path, headers=None):
        """(body, seconds from the request to the last byte)."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers=headers or self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = time.perf_counter() - started
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return body, took


def own_peak_kib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])
