"""Pages of the list of line states, and its export beside `sqlite3 -csv`, at growing numbers of devices with a line each."""

import sqlite3

from exports import beside
from measure import Visitor, percentile, table

ROUNDS = 100


def uuid(text):
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def deep(visitor):
    """The cursor of a page deep in the list: by way of the API, 200 rows at a time, would take minutes; two hundred do."""
    import json
    after = ""
    for _ in range(200):
        body, _ = visitor.get(f"/api/v1/line-states?limit=200{after}")
        following = json.loads(body)["next"]
        if following is None:
            break
        after = f"&after={following}"
    return after.replace("&after=", "?after=")


def pages(portal):
    """{what: (p50, p99, processor seconds a page)}"""
    database = sqlite3.connect(f"file:{portal.folder}/inventory.db?mode=ro", uri=True)
    site = database.execute("SELECT uid FROM site ORDER BY id LIMIT 1").fetchone()[0].hex()
    mac = f"{database.execute('SELECT mac FROM device WHERE mac IS NOT NULL ORDER BY id DESC LIMIT 1').fetchone()[0]:012x}"
    database.close()
    visitor, figures = Visitor(portal), {}
    for name, address in [
        ("first page", "/line-states"),
        ("a page 40,000 rows deep", f"/line-states{deep(visitor)}"),
        ("one site", f"/line-states?site={uuid(site)}"),
        ("aged: none", "/line-states?state=aged"),
        ("unregistered: all", "/line-states?state=unregistered"),
        ("MAC suffix, 6 digits", f"/line-states?q={mac[6:]}"),
    ]:
        visitor.get(address)
        before = portal.cpu()
        times = [visitor.get(address)[1] for _ in range(ROUNDS)]
        figures[name] = (percentile(times, 0.5), percentile(times, 0.99), (portal.cpu() - before) / ROUNDS)
    return figures


# What is exported of a line without a contact: the same joins, the same order.
ROWS = """ATTACH 'file:{folder}/live.db?mode=ro' AS live;
SELECT p.name, s.name, d.mac, d.name, d.device_type, l.port, l.sip_username || '@' || l.sip_domain, l.line_use, u.name, u.extension,
 u.number, ls.state, ls.detail, ls.since, ls.registered_at, ls.expires_at, b.source, b.transport, b.user_agent
FROM device d JOIN line l ON l.device_id = d.id LEFT JOIN live.line_state ls ON ls.line_id = l.id JOIN site s ON s.id = d.site_id
JOIN party p ON p.id = d.customer_id JOIN "user" u ON u.id = l.user_id LEFT JOIN live.binding b ON b.line_id = l.id
WHERE d.customer_id = {customer} ORDER BY d.mac, l.port"""


def export(portal):
    """Of one customer with all lines: the figures of `exports.beside`."""
    database = sqlite3.connect(f"file:{portal.folder}/inventory.db?mode=ro", uri=True)
    key, uid = database.execute("SELECT id, uid FROM party WHERE kind = 'customer'").fetchone()
    database.close()
    customer = uuid(uid.hex())
    portal.command("party", "set", customer, "--feature", "line_state_export=on")
    return beside(portal, f"line-states.csv?party_id={customer}", ROWS.format(folder=portal.folder, customer=key))


def report(by_size):
    smallest = min(by_size)
    rows = []
    for name in by_size[smallest]:
        for devices, figures in sorted(by_size.items()):
            p50, p99, spent = figures[name]
            rows.append((name, f"{devices:,}", f"{p50 * 1e3:.1f}", f"{p99 * 1e3:.1f}", f"{spent * 1e3:.1f}",
                         f"{p50 / by_size[smallest][name][0]:.2f}"))
    heads = ("page", "devices", "page p50, ms", "page p99, ms", "processor, ms a page", f"p50 over that at {smallest:,}")
    return table(heads, rows)
