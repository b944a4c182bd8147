"""The export of the device list, beside `sqlite3 -csv` writing the same four columns of the same database."""

import http.client
import os
import subprocess
import time

from measure import forget_peak, memory_kib, run_child, table

COLUMNS = "SELECT d.mac, d.device_type, d.lines_total - d.lines_assigned, s.name FROM device d JOIN site s ON s.id = d.site_id ORDER BY d.mac"


def measure(portal):
    """Of all devices."""
    return beside(portal, "devices.csv", COLUMNS)


def beside(portal, path, statement):
    """(rows, our processor seconds, wall seconds, growth of memory KiB, theirs: processor, wall) of an export with as many rows as
    there are devices, and of `sqlite3 -csv` with the same."""
    idle = memory_kib(portal.process.pid, "VmRSS")
    forget_peak(portal.process.pid)
    before, started = portal.cpu(), time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=600)
    connection.request("GET", f"/api/v1/exports/{path}", headers={"Authorization": f"Bearer {portal.token}"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"export: {answer.status} {answer.read(300)!r}")
    rows = -1  # the header
    while chunk := answer.read(1 << 20):
        rows += chunk.count(b"\n")
    wall, spent = time.perf_counter() - started, portal.cpu() - before
    peak = memory_kib(portal.process.pid, "VmHWM")
    if rows != portal.devices:
        raise RuntimeError(f"{rows} rows were exported, there should be {portal.devices}")
    output = os.path.join(portal.folder, "theirs.csv")
    with open(output, "wb") as file:
        their_wall, theirs, _ = run_child(["sqlite3", "-csv", "-header", "-readonly", f"{portal.folder}/inventory.db", statement],
                                          stdout=file, stderr=subprocess.DEVNULL)
    os.remove(output)
    return rows, spent, wall, max(0, peak - idle), theirs, their_wall


def report(by_size, what="devices"):
    rows = [(f"{count:,}", f"{spent * 1e6 / count:.2f}", f"{theirs * 1e6 / count:.2f}", f"{spent / theirs:.2f}" if theirs else "–",
             f"{wall:.2f}", f"{their_wall:.2f}", f"{grown / 1024:.0f}")
            for _, (count, spent, wall, grown, theirs, their_wall) in sorted(by_size.items())]
    heads = (what, "processor, µs a row", "`sqlite3 -csv`, µs a row", "ratio", "wall, s", "`sqlite3 -csv` wall, s",
             "memory above idle, MiB")
    return table(heads, rows)
