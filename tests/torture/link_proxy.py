"""TCP proxies between nodes of one machine, each before one node. What a cut link is given stays
where it is, as on a wire that leads nowhere: no connection ends by it, and it arrives once the link
is healed. Of a link that loses, some pieces wait as long as a repeat by TCP would take.

Who dialled is found by the process that owns the other end (/proc). Commands come as lines of JSON
on standard input, each answered with "done" once it counts: proxies.py.
"""

import asyncio
import json
import os
import random
import sys

CHUNK_BYTES = 64 << 10
REPEAT_S = 0.2  # Linux's shortest time-out of a repeat


class Links:
    """What each directed link does with what it is given."""

    def __init__(self) -> None:
        self.dropped: dict[tuple[str, str], int] = {}
        self.delay_s = 0.0
        self.pids: dict[int, str] = {}
        self.changed = asyncio.Event()

    def change(self, told: dict) -> None:
        if "pids" in told:
            self.pids = {pid: name for name, pid in told["pids"].items()}
        if "dropped" in told:
            self.dropped = {(a, b): percent for a, b, percent in told["dropped"]}
            self.delay_s = told["delay_ms"] / 1_000
        self.changed.set()
        self.changed = asyncio.Event()

    async def pass_through(self, source: str, target: str) -> None:
        """Returns when a piece that is given to the link now arrives."""
        while (percent := self.dropped.get((source, target), 0)) > 0:
            if percent < 100:
                if random.randrange(100) >= percent:
                    break
                await asyncio.sleep(REPEAT_S)
            else:
                await self.changed.wait()
        if self.delay_s > 0:
            await asyncio.sleep(self.delay_s)

    def who_has(self, port: int) -> str:
        """The node whose process has a socket on this port of 127.0.0.1; "" if none does."""
        inode = ""
        with open("/proc/net/tcp") as table:
            for line in table.readlines()[1:]:
                fields = line.split()
                if int(fields[1].split(":")[1], 16) == port and fields[9] != "0":
                    inode = f"socket:[{fields[9]}]"
                    if any(self._holds(pid, inode) for pid in self.pids):
                        break
        return next((name for pid, name in self.pids.items() if self._holds(pid, inode)), "")

    @staticmethod
    def _holds(pid: int, inode: str) -> bool:
        try:
            folder = f"/proc/{pid}/fd"
            return any(os.readlink(f"{folder}/{each}") == inode for each in os.listdir(folder))
        except OSError:
            return False


async def carry(links: Links, source: str, target: str, reader: asyncio.StreamReader,
                writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(CHUNK_BYTES):
            await links.pass_through(source, target)
            writer.write(piece)
            await writer.drain()
        await links.pass_through(source, target)
    except OSError:
        pass
    finally:
        writer.close()


async def serve(links: Links, node: str, port: int, reader: asyncio.StreamReader,
                writer: asyncio.StreamWriter) -> None:
    dialler = links.who_has(writer.get_extra_info("peername")[1])
    await links.pass_through(dialler, node)
    await links.pass_through(node, dialler)
    try:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.close()
        return
    await asyncio.gather(carry(links, dialler, node, reader, inner_writer),
                         carry(links, node, dialler, inner_reader, writer))


async def open_door(links: Links, door: dict) -> None:
    await asyncio.start_server(
        lambda reader, writer: serve(links, door["node"], door["port"], reader, writer),
        "127.0.0.1", door["listen"])


async def main() -> None:
    links = Links()
    commands = asyncio.StreamReader(limit=1 << 20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        told = json.loads(line)
        for door in told.get("doors", []):
            await open_door(links, door)
        links.change(told)
        print("done", flush=True)
    os._exit(0)  # links that are cut would be waited for


if __name__ == "__main__":
    asyncio.run(main())
