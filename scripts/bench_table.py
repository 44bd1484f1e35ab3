#!/usr/bin/env python3
"""What benchmarks measured, as one Markdown table: bench_table.py JSON...

Reads what Google Benchmark writes with --benchmark_out. A row is a measurement beside one peer:

  <name>_per_s, <name>_p50_us, <name>_p99_us   how fast `aiex` and each peer were
  ratio_<peer>                                 our rate by the peer's, from the same run

A measurement without peers is one row: its rate if it counted items or bytes, else its time.
"""

import json
import pathlib
import re
import sys

HEADINGS = ("measured", "aiex", "p50", "p99", "beside", "its figure", "ratio")
SETTINGS = re.compile(r"(min_time|iterations|repeats|manual_time|real_time|process_time|threads)\b")
PER_SECOND = {"ns": 1e9, "us": 1e6, "ms": 1e3, "s": 1.0}


def short(number: float) -> str:
    """Three digits that matter: 0.84, 12.7, 4,250, 103 k, 2.31 M."""
    for least, size, unit in ((1e9, 1e9, " G"), (1e6, 1e6, " M"), (1e5, 1e3, " k")):
        if number >= least:
            return short(number / size) + unit
    if number >= 1000:
        return f"{number:,.0f}"
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def duration(microseconds: float) -> str:
    if microseconds >= 1e6:
        return f"{short(microseconds / 1e6)} s"
    return f"{short(microseconds / 1e3)} ms" if microseconds >= 1e3 else f"{short(microseconds)} us"


def name_of(measured: dict) -> str:
    parts = [part for part in measured["name"].split("/") if not SETTINGS.match(part)]
    return ", ".join(part.replace("_", " ").replace(":", " ") for part in parts)


def figure_alone(measured: dict) -> str:
    if "items_per_second" in measured:
        figure = f"{short(measured['items_per_second'])} {measured.get('label') or 'items'}/s"
        if "bytes_per_second" in measured:
            figure += f", {short(measured['bytes_per_second'] / 1e6)} MB/s"
        return figure
    return duration(measured["real_time"] / PER_SECOND[measured["time_unit"]] * 1e6)


def rows_of(measured: dict) -> list[tuple[str, ...]]:
    name = name_of(measured)
    if measured.get("error_occurred"):
        return [(name, measured["error_message"], "", "", "", "", "")]
    if "aiex_per_s" not in measured:
        return [(name, figure_alone(measured), "", "", "", "", "")]
    unit = f" {measured.get('label') or 'items'}/s"
    ours = (short(measured["aiex_per_s"]) + unit, duration(measured["aiex_p50_us"]),
            duration(measured["aiex_p99_us"]))
    peers = [key.removeprefix("ratio_") for key in measured if key.startswith("ratio_")]
    return [(name, *ours, peer.replace("_", " "), short(measured[peer + "_per_s"]) + unit,
             f"{measured['ratio_' + peer]:.2f}") for peer in peers]


def table(rows: list[tuple[str, ...]]) -> str:
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    rows = []
    for path in sys.argv[1:]:
        for measured in json.loads(pathlib.Path(path).read_text())["benchmarks"]:
            if measured.get("run_type") != "aggregate":
                rows += rows_of(measured)
    print(table(rows))


if __name__ == "__main__":
    main()
