"""The import of devices, beside `sqlite3 .import` of the same file into a table with the same columns and indexes.

Theirs parses and inserts, nothing more, and has no index for the search. Ours checks every row, stages it, prepares it, writes
it with its text for the search, its live row and its count. Meanwhile somebody adds phones one by one: how long they wait.
"""

import http.client
import json
import os
import sqlite3
import subprocess
import threading
import time

from measure import forget_peak, memory_kib, run_child, table

SITES = 40
# Prefixes that `tonalite seed` does not use: it scatters addresses as we do.
TYPES = (("Yealink T54W", 0x249AD8), ("Yealink T31P", 0x805EC0), ("Poly VVX 250", 0x64167F), ("Cisco 8851", 0x001BD4),
         ("Yealink T46U", 0xC4FC22))

def write_fleet(path, rows):
    """Addresses fall all over their makers' ranges, as those of a fleet that was bought over years."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("mac;device_type;site;name;serial;inventory_id\n")
        for n in range(rows):
            name, prefix = TYPES[n % len(TYPES)]
            scattered = (n * 2654435761) & 0xFFFFFF
            file.write(f"{prefix << 24 | scattered:012x};{name};Site {n * 7919 % SITES:03};Bureau {n % 4000};SN{n:08};INV-{n:07}\n")


def indexes_of(database):
    """The indexes of `device`, as the program made them."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return [sql for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE tbl_name = 'device' AND type = 'index' AND sql IS NOT NULL")]


class Adder(threading.Thread):
    """Adds a phone twenty times a second, and keeps how long each took."""

    def __init__(self, portal, site):
        super().__init__(daemon=True)
        self.portal, self.site, self.waits, self.stopped = portal, site, [], threading.Event()

    def run(self):
        number = 0
        while not self.stopped.wait(0.05):
            number += 1
            body = {"site_id": self.site, "device_type_id": "yealink-t54w", "mac": f"44dbd2{number:06x}"}
            started = time.perf_counter()
            status, _ = ask(self.portal, "POST", "/api/v1/devices", body)
            self.waits.append((time.perf_counter() - started, status))


def ask(portal, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", portal.http, timeout=300)
    headers = {"Authorization": f"Bearer {portal.token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def measure(portal, rows):
    """(rows, ours: processor, wall, growth of memory KiB, longest wait, theirs: processor, wall)"""
    provider = portal.command("party", "create", "--kind", "provider", "--name", "Import")
    customer = portal.command("party", "create", "--kind", "customer", "--name", "Import", "--parent", provider)
    for number in range(SITES):
        status, made = ask(portal, "POST", "/api/v1/sites", {"party_id": customer, "name": f"Site {number:03}"})
        if status != 201:
            raise RuntimeError(f"a site is refused: {status}")
    file = os.path.join(portal.folder, "fleet.csv")
    write_fleet(file, rows)
    idle = memory_kib(portal.process.pid, "VmRSS")
    forget_peak(portal.process.pid)
    adder = Adder(portal, json.loads(made)["id"])
    adder.start()
    before, started = portal.cpu(), time.perf_counter()
    subprocess.run([portal.binary, "import", "devices", file, "--party", customer], env=portal.environment, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, spent = time.perf_counter() - started, portal.cpu() - before
    adder.stopped.set()
    adder.join()
    grown = memory_kib(portal.process.pid, "VmHWM") - idle
    refused = [status for _, status in adder.waits if status != 201]
    if refused:
        raise RuntimeError(f"{len(refused)} single additions were refused: {set(refused)}")
    longest = max((took for took, _ in adder.waits), default=0)
    their_wall, theirs, _ = import_bare(portal, file)
    os.remove(file)
    return rows, spent, wall, max(0, grown), longest, theirs, their_wall


def import_bare(portal, file):
    database = os.path.join(portal.folder, "theirs.db")
    columns = ("id INTEGER PRIMARY KEY AUTOINCREMENT, uid BLOB UNIQUE, mac TEXT UNIQUE, device_type TEXT, site_id TEXT, customer_id, "
               "operator_id, provider_id, name TEXT, serial TEXT, inventory_id TEXT, note TEXT, critical, lines_total, lines_assigned, version, created_at, dect_system_id")
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"CREATE TABLE device ({columns})")
        for sql in indexes_of(os.path.join(portal.folder, "inventory.db")):
            db.execute(sql)
        db.execute("CREATE VIEW fleet AS SELECT mac, device_type, site_id, name, serial, inventory_id FROM device")
        db.execute("CREATE TRIGGER into_fleet INSTEAD OF INSERT ON fleet BEGIN INSERT INTO device (uid, mac, device_type, site_id, customer_id, "
                   "provider_id, name, serial, inventory_id, critical, lines_total, lines_assigned) VALUES (randomblob(16), new.mac, "
                   "new.device_type, new.site_id, 1, 1, new.name, new.serial, new.inventory_id, 0, 4, 0); END")
    figures = run_child(["sqlite3", database, "-cmd", ".mode csv", "-cmd", ".separator ;", f".import --skip 1 {file} fleet"],
                        stdout=subprocess.DEVNULL)
    with sqlite3.connect(database) as db:
        (count,) = db.execute("SELECT count(*) FROM device").fetchone()
    if count == 0:
        raise RuntimeError("sqlite3 imported nothing")
    os.remove(database)
    return figures


def report(by_size):
    rows = [(f"{count:,}", f"{spent * 1e6 / count:.1f}", f"{theirs * 1e6 / count:.1f}", f"{spent / theirs:.1f}" if theirs else "–",
             f"{wall:.1f}", f"{their_wall:.1f}", f"{longest:.2f}", f"{grown / 1024:.0f}")
            for _, (count, spent, wall, grown, longest, theirs, their_wall) in sorted(by_size.items())]
    heads = ("devices", "processor, µs a row", "`sqlite3 .import`, µs a row", "ratio", "wall, s", "`sqlite3 .import` wall, s",
             "longest wait of a single addition, s", "memory above idle, MiB")
    return table(heads, rows)
