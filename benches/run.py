#!/usr/bin/env python3
"""run.py BINARY [REPORT] [SIZES]: every benchmark, one after the other; prints the tables and writes them to REPORT.

SIZES: numbers of devices, separated by commas (default 1000,10000,100000,1000000). Called by `cargo xtask bench`.
"""

import contextlib
import os
import platform
import shutil
import sys
import tempfile
import time

import exports
import imports
import line_states
import lists
from measure import Portal, table

SIZES = "1000,10000,100000,1000000"


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} × {model}, {pages:.0f} GiB, Linux {platform.release().split('-')[0]}"


@contextlib.contextmanager
def installation(binary, devices, *options):
    """A portal that runs on a made-up fleet, in a folder that is removed."""
    folder = tempfile.mkdtemp(prefix="tonalite-bench-")
    try:
        portal = Portal(binary, folder, devices)
        portal.make(*options)
        portal.start()
        try:
            yield portal
        finally:
            portal.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    binary = os.path.abspath(sys.argv[1])
    report = sys.argv[2] if len(sys.argv) > 2 else None
    sizes = [int(size) for size in (sys.argv[3] if len(sys.argv) > 3 else SIZES).split(",")]
    seeding, listing, lining, exporting, importing, exporting_lines = {}, {}, {}, {}, {}, {}
    for devices in sizes:
        print(f"{devices:,} devices…", file=sys.stderr, flush=True)
        with installation(binary, devices) as portal:
            seeding[devices] = portal.filling
            listing[devices] = lists.measure(portal)
            lining[devices] = line_states.pages(portal)
            exporting[devices] = exports.measure(portal)
            importing[devices] = imports.measure(portal, devices)
        with installation(binary, devices, "--per-customer", str(devices)) as portal:
            exporting_lines[devices] = line_states.export(portal)
    seeds = table(("devices", "wall, s", "processor, µs a device", "peak, MiB"),
                  [(f"{count:,}", f"{wall:.1f}", f"{cpu * 1e6 / count:.0f}", f"{peak / 1024:.0f}")
                   for count, (wall, cpu, peak) in seeding.items()])
    text = f"""Measured on {time.strftime('%Y-%m-%d')}, on {machine()}, SQLite.

### The Devices page and its search

{lists.report(listing)}

### The page of line states

{line_states.report(lining)}

### Export of the device list

{exports.report(exporting)}

### Export of line states, of one customer with all of them

{exports.report(exporting_lines, "lines")}

### Import of devices

{imports.report(importing)}

### Filling an installation (`tonalite seed`)

{seeds}
"""
    print(text)
    if report is not None:
        write(report, text)


def write(path, text):
    """The figures stand between two marks; what people wrote around them stays."""
    begin, end = "<!-- figures: begin -->", "<!-- figures: end -->"
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(begin, 1)
        after = rest.split(end, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{begin}\n\n{text}\n{end}{after}")


if __name__ == "__main__":
    main()
