#!/usr/bin/env python3
"""Clusters of real processes in which all goes wrong that can: run.py --help."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import certificates  # noqa: E402
import figures  # noqa: E402
import network as networks  # noqa: E402
from aiex_system import AiexSystem  # noqa: E402
from check import SHOWN_MAX, check_history, check_local_reads  # noqa: E402
from comparison import Logs  # noqa: E402
from conductor import Conductor  # noqa: E402
from etcd_system import EtcdSystem  # noqa: E402
from faults import FAULTS, Stage  # noqa: E402
from processes import Refused  # noqa: E402
from system import System  # noqa: E402
from workload import Workload  # noqa: E402

BOOT_S = 30.0
SKIPPED = 77
SHORT_S = 120.0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Exit 0: all held. 1: something did not; the seed and the "
        "folder are printed. 77: this machine lacks what it takes.")
    parser.add_argument("--seed", type=int, default=None, help="decides the order of faults")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--short", action="store_true", help="below three minutes")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--streams", type=int, default=4)
    parser.add_argument("--network", choices=("any", "namespaces", "proxies"), default="any")
    parser.add_argument("--system", choices=("aiex", "etcd"), default="aiex")
    parser.add_argument("--program", choices=("hello", "aiexd"), default="hello",
                        help="what a node is: hello has an aggregate and a projection besides")
    parser.add_argument("--faults", default="", help="only these, in this order, once each")
    parser.add_argument("--plain", action="store_true", help="no certificates")
    parser.add_argument("--failover", type=int, default=0, metavar="N",
                        help="no torture: kill the leader N times, beside etcd, and measure")
    parser.add_argument("--load", action="store_true", help="and throughput beside etcd")
    parser.add_argument("--only", choices=("aiex", "etcd"), help="measure one of them alone")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--folder", type=pathlib.Path, default=None,
                        help="where the nodes' disks are; removed unless something went wrong")
    return parser.parse_args()


def lack_of_clusters(wish: argparse.Namespace) -> str:
    """Why these nodes cannot be had here; "" if they can."""
    if wish.system == "etcd":
        return "" if shutil.which("etcd") else "there is no etcd here (Debian: etcd-server)"
    if wish.nodes == 1:
        return ""
    told = subprocess.run([wish.build / "bin" / wish.program, "--help"], capture_output=True,
                          text=True).stdout
    if "--join" not in told:
        return f"{wish.program} knows no --join"
    lack = "asked for" if wish.network == "proxies" else networks.lack_of_namespaces()
    if lack and "--advertise" not in told:
        return f"{wish.program} knows no --advertise, which proxies need ({lack})"
    return ""


def make_system(wish: argparse.Namespace, folder: pathlib.Path) -> tuple[System, str]:
    names = [f"n{number}" for number in range(1, wish.nodes + 1)]
    tls = wish.system == "aiex" and not wish.plain and certificates.can_make(wish.build)
    network, what = networks.choose(names, wish.network, tls)
    if wish.system == "etcd":
        return EtcdSystem(names, network, folder / "nodes"), what
    made = None
    if tls:
        made = certificates.Certificates(wish.build, folder / "certificates")
        for name in names:
            made.make_node(name, network.listen(name).rsplit(":", 1)[0])
    return AiexSystem(names, network, folder / "nodes", wish.build, made,
                      wish.program), \
        what + (", with certificates" if tls else ", without certificates")


def heal_after_all(system: System, conductor: Conductor) -> list[str]:
    """Something did not hold: what happened is still worth to be held against the log."""
    system.network.heal()
    for name in system.names:
        system.resume(name)
        if not system.programs[name].is_running():
            system.kill(name)
            system.start(name)
    try:
        conductor.calm()
    except Refused as why:
        return [f"nor is all equal afterwards, so the history was not checked: {why}"]
    return []


def torture(wish: argparse.Namespace, system: System, folder: pathlib.Path) -> list[str]:
    """Answers what did not hold."""
    load = Workload(system, folder, wish.seed, wish.clients, wish.streams)
    log = folder / "log.jsonl"
    stage = Stage(system, system.network, None, load)
    logs = Logs(system, load.main.client, log)
    conductor = Conductor(stage, load, logs, wish.seed, lambda line: print(line, flush=True))
    for name, why in conductor.lacks.items():
        print(f"left out: {name}: {why}")
    found = []
    began = time.monotonic()
    try:
        system.boot(BOOT_S)
        load.start()
        seconds = SHORT_S if wish.short else wish.minutes * 60
        only = [each for each in wish.faults.split(",") if each]
        if wish.short and not only:
            only = conductor.each_once()
        conductor.run(began + seconds, only or None)
        system.stop()
        found += [said for name in system.names if (said := system.verify(name))]
        system.boot(BOOT_S)
        conductor.calm()
    except Refused as why:
        found.append(str(why))
        found += heal_after_all(system, conductor)
    finally:
        load.stop()
        system.kill_all()
    report = {}
    if conductor.is_calm:
        report, violations = check_history(wish.build, load.history.path, log, system.foreign)
        found += violations + check_local_reads(load.local_reads, log) + load.accounts.check()
    print(json.dumps({"seed": wish.seed, "seconds": round(time.monotonic() - began, 1),
                      "faults": conductor.done, "outcomes": load.history.outcomes,
                      "local_reads": len(load.local_reads), "checked": report,
                      "calm_s_max": max(conductor.calm_s, default=None),
                      "refusal_s_max": max(stage.refusals, default=None)}))
    return found


def measure(wish: argparse.Namespace, folder: pathlib.Path) -> list[str]:
    """One system after the other, each with its own nodes on the same disk and network, both
    without certificates."""
    wish.plain = True
    rows, loads, found = [], [], []
    for kind in [wish.only] if wish.only else ["aiex", "etcd"]:
        wish.system = kind
        if lack := lack_of_clusters(wish):
            print(f"left out: {kind}: {lack}")
            continue
        system, what = make_system(wish, folder / kind)
        print(f"{kind}: {wish.nodes} nodes; network: {what}", flush=True)
        try:
            system.boot(BOOT_S)
            figures.whole(system)
            if wish.load:
                loads += [row for lanes in figures.LOAD_LANES
                          for row in figures.load(system, wish.build, lanes)]
            if wish.failover:
                taken = figures.failovers(system, wish.failover,
                                          lambda line: print(line, flush=True))
                rows.append({"system": kind} | figures.summary_of(taken))
        except Refused as why:
            found.append(f"{kind}: {why}")
        finally:
            system.kill_all()
            system.close()
            system.network.close()
    for each in (rows, loads):
        if each:
            print("\n" + figures.table(each))
    return found


def main() -> int:
    wish = options()
    if wish.seed is None:
        wish.seed = time.time_ns() % 1_000_000
    if unknown := [each for each in wish.faults.split(",") if each and each not in FAULTS]:
        print(f"error: no fault {unknown[0]}; there are {', '.join(sorted(FAULTS))}")
        return 2
    measures = wish.failover or wish.load
    if not measures and (lack := lack_of_clusters(wish)):
        print(f"left out: {lack}")
        return SKIPPED
    base = wish.folder or wish.build / "torture"
    base.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"seed-{wish.seed}-", dir=base))
    if measures:
        found = measure(wish, folder)
    else:
        system, what = make_system(wish, folder)
        print(f"seed {wish.seed}, {wish.nodes} nodes of {wish.system}; network: {what}", flush=True)
        try:
            found = torture(wish, system, folder)
        finally:
            system.kill_all()
            system.close()
            system.network.close()
    for each in found[:SHOWN_MAX]:
        print(f"FAILED: {each}")
    if found:
        print(f"{len(found)} things did not hold; seed {wish.seed}; all is in {folder}")
        return 1
    shutil.rmtree(folder)
    print("all held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
