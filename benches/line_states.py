"""The export of line states, beside `sqlite3 -csv` writing the same columns of the same database; and pages of their list."""

import os
import sqlite3
import subprocess
import time

from measure import Visitor, forget_peak, memory_kib, percentile, run_child, table

# The same columns from the same tables, in the same order; no states in words, no times in a zone, no guard.
COLUMNS = """SELECT p.name, s.name, d.mac, d.name, d.device_type, l.port, l.sip_username || '@' || l.sip_domain, l.line_use,
 u.name, u.extension, u.number, ls.state, ls.detail, ls.since, ls.registered_at, ls.expires_at, b.source, b.transport, b.user_agent
 FROM device d JOIN site s ON s.id = d.site_id JOIN party p ON p.id = d.customer_id LEFT JOIN line l ON l.device_id = d.id
 LEFT JOIN "user" u ON u.id = l.user_id LEFT JOIN live.line_state ls ON ls.line_id = l.id LEFT JOIN live.binding b ON b.line_id = l.id
 ORDER BY COALESCE(d.mac, 281474976710656), d.id, l.port"""

ROUNDS = 100


def export(portal, customer):
    """(rows, our processor seconds, wall seconds, growth of memory KiB, theirs: processor, wall)"""
    import http.client
    idle = memory_kib(portal.process.pid, "VmRSS")
    forget_peak(portal.process.pid)
    before, started = portal.cpu(), time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=600)
    connection.request("GET", f"/api/v1/exports/line-states.csv?party_id={customer}", headers={"Authorization": f"Bearer {portal.token}"})
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"export: {answer.status} {answer.read(300)!r}")
    rows = -1  # the header
    while chunk := answer.read(1 << 20):
        rows += chunk.count(b"\n")
    wall, spent = time.perf_counter() - started, portal.cpu() - before
    peak = memory_kib(portal.process.pid, "VmHWM")
    output = os.path.join(portal.folder, "theirs.csv")
    script = f"ATTACH DATABASE 'file:{portal.folder}/live.db?mode=ro' AS live;\n{COLUMNS};\n"
    with open(output, "wb") as file:
        their_wall, theirs, _ = run_child(["sqlite3", "-csv", "-header", "-readonly", f"{portal.folder}/inventory.db", script],
                                          stdout=file, stderr=subprocess.DEVNULL)
    os.remove(output)
    return rows, spent, wall, max(0, peak - idle), theirs, their_wall


def pages(portal):
    """{what: (p50, p99, processor seconds a page)}"""
    database = sqlite3.connect(f"file:{portal.folder}/inventory.db?mode=ro", uri=True)
    site = database.execute("SELECT uid FROM site ORDER BY id LIMIT 1").fetchone()[0].hex()
    site = f"{site[:8]}-{site[8:12]}-{site[12:16]}-{site[16:20]}-{site[20:]}"
    mac = f"{database.execute('SELECT mac FROM device WHERE mac IS NOT NULL ORDER BY id DESC LIMIT 1').fetchone()[0]:012x}"
    database.close()
    visitor, figures = Visitor(portal), {}
    for name, address in [
        ("first page", "/line-states"), ("one site", f"/line-states?site={site}"), ("aged", "/line-states?state=aged"),
        ("registered", "/line-states?state=registered"), ("unregistered", "/line-states?state=unregistered"),
        ("MAC suffix, 6 digits", f"/line-states?q={mac[6:]}"), ("conference phones, aged", "/line-states?state=aged&kind=conference"),
    ]:
        visitor.get(address)
        before = portal.cpu()
        times = [visitor.get(address)[1] for _ in range(ROUNDS)]
        figures[name] = (percentile(times, 0.5), percentile(times, 0.99), (portal.cpu() - before) / ROUNDS)
    return figures


def report_pages(by_size):
    smallest = min(by_size)
    rows = []
    for name in by_size[smallest]:
        for devices, figures in sorted(by_size.items()):
            p50, p99, spent = figures[name]
            rows.append((name, f"{devices:,}", f"{p50 * 1e3:.1f}", f"{p99 * 1e3:.1f}", f"{spent * 1e3:.1f}", f"{p50 / by_size[smallest][name][0]:.2f}"))
    return table(("page", "devices", "page p50, ms", "page p99, ms", "processor, ms a page", f"p50 over that at {smallest:,}"), rows)


def report_export(by_size):
    rows = [(f"{count:,}", f"{spent * 1e6 / count:.2f}", f"{theirs * 1e6 / count:.2f}", f"{spent / theirs:.2f}" if theirs else "–",
             f"{wall:.2f}", f"{their_wall:.2f}", f"{grown / 1024:.0f}")
            for _, (count, spent, wall, grown, theirs, their_wall) in sorted(by_size.items())]
    heads = ("lines", "processor, µs a row", "`sqlite3 -csv`, µs a row", "ratio", "wall, s", "`sqlite3 -csv` wall, s", "memory above idle, MiB")
    return table(heads, rows)
