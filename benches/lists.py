"""The Devices page and its search, beside bare SQL: the same rows read by SQLite itself, at growing numbers of devices."""

import random
import sqlite3
import time

from measure import Visitor, percentile, table

ROUNDS = 300
SEED = 20261125

# What a page reads, and no more: no rights, no rendering, no HTTP. The limit, not a rival.
ROWS = """SELECT d.id, d.mac, d.device_type, s.name, d.name, d.lines_total, d.lines_assigned, st.state, st.detail, st.since,
 st.lines_registered, st.last_ip, st.user_agent FROM device d JOIN site s ON s.id = d.site_id
 LEFT JOIN live.device_state st ON st.device_id = d.id """


def known(database):
    """Addresses and sites to look for, drawn by chance from all over the fleet."""
    chance = random.Random(SEED)
    lowest, highest = database.execute("SELECT min(id), max(id) FROM device").fetchone()
    macs, sites = [], []
    while len(macs) < ROUNDS:
        row = database.execute("SELECT d.mac, s.id, s.uid FROM device d JOIN site s ON s.id = d.site_id WHERE d.id >= ? "
                               "AND d.mac IS NOT NULL LIMIT 1", (chance.randint(lowest, highest),)).fetchone()
        if row is not None:
            macs.append(f"{row[0]:012x}")
            sites.append((row[1], row[2].hex()))
    return macs, sites


def uuid(text):
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def prefix_range(prefix):
    return int(prefix.ljust(12, "0"), 16), int(prefix.ljust(12, "f"), 16)


def kinds(macs, sites):
    """Each: its name, the address for round `i`, and its bare statement with parameters (`None`: none is fair)."""
    return [
        ("first page", lambda i: "/devices", lambda i: (ROWS + "ORDER BY d.mac LIMIT 51", ())),
        ("MAC prefix, 8 digits", lambda i: f"/devices?q={macs[i][:8]}",
         lambda i: (ROWS + "WHERE d.mac BETWEEN ? AND ? ORDER BY d.mac LIMIT 51", prefix_range(macs[i][:8]))),
        ("MAC suffix, 6 digits", lambda i: f"/devices?q={macs[i][6:]}",
         lambda i: (ROWS + "WHERE d.mac = ?", (int(macs[i], 16),))),
        ("MAC infix, 6 digits", lambda i: f"/devices?q={macs[i][4:10]}",
         lambda i: (ROWS + "WHERE d.mac = ?", (int(macs[i], 16),))),
        ("one site, unregistered", lambda i: f"/devices?site={uuid(sites[i][1])}&status=unregistered",
         lambda i: (ROWS + "WHERE d.site_id = ? AND st.class IN (3, 4) ORDER BY d.mac LIMIT 51", (sites[i][0],))),
    ]


def bare(database, statement):
    times = []
    for number in range(ROUNDS):
        text, parameters = statement(number)
        started = time.perf_counter()
        database.execute(text, parameters).fetchall()
        times.append(time.perf_counter() - started)
    return times


def measure(portal):
    """{what: (page p50, page p99, processor seconds a page, bare p50, bare p99)}"""
    database = sqlite3.connect(f"file:{portal.folder}/inventory.db?mode=ro", uri=True)
    database.execute("ATTACH DATABASE ? AS live", (f"file:{portal.folder}/live.db?mode=ro",))
    macs, sites = known(database)
    visitor = Visitor(portal)
    figures = {}
    for name, address, statement in kinds(macs, sites):
        bare(database, statement)
        limit = bare(database, statement)
        for number in range(20):
            visitor.get(address(number))
        before, times = portal.cpu(), []
        for number in range(ROUNDS):
            times.append(visitor.get(address(number))[1])
        spent = (portal.cpu() - before) / ROUNDS
        figures[name] = (percentile(times, 0.5), percentile(times, 0.99), spent, percentile(limit, 0.5), percentile(limit, 0.99))
    floor = [visitor.get("/healthz")[1] for _ in range(ROUNDS)]
    figures["nothing (`/healthz`): HTTP alone"] = (percentile(floor, 0.5), percentile(floor, 0.99), 0.0, 0.0, 0.0)
    database.close()
    return figures


def report(by_size):
    """Markdown of `{devices: figures}`."""
    smallest = min(by_size)
    rows = []
    for name in by_size[smallest]:
        for devices, figures in sorted(by_size.items()):
            p50, p99, spent, bare50, bare99 = figures[name]
            first = by_size[smallest][name][0]
            bare_cells = (f"{bare50 * 1e3:.2f}", f"{bare99 * 1e3:.2f}") if bare99 else ("–", "–")
            rows.append((name, f"{devices:,}", f"{p50 * 1e3:.1f}", f"{p99 * 1e3:.1f}", f"{spent * 1e3:.1f}" if spent else "–",
                         *bare_cells, f"{p50 / first:.2f}"))
    heads = ("page", "devices", "page p50, ms", "page p99, ms", "processor, ms a page", "bare SQL p50, ms", "bare SQL p99, ms",
             f"p50 over that at {smallest:,}")
    return table(heads, rows)
