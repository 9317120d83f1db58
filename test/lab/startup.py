"""Stand-in for NSO's Python VM (not NSO): a real Python under the real name, holding memory on command.

Started as `python3 -u …/ncs_pyvm/startup.py -l info -f … -i NAME`, so what it needs comes in the environment:
  LAB_CHILDREN      number of multiprocessing children
  LAB_CHILD_METHOD  "spawn" (their command line says --multiprocessing-fork) or "fork" (it is their parent's)
Commands on stdin, one a line: `hold MIB` (in all), `nodes N` small objects, `count TYPE` tells how many of them the
collector knows, `free`. Ends with its children at end of file.
"""

import gc
import os
import sys
import time


def idle():
    """What a child does: nothing, until its parent ends it or is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)


class Node:
    """What a leak is made of."""

    def __init__(self, number):
        self.path = f"/devices/device{{dev{number}}}/config"
        self.value = float(number)


class Slim:
    """The same without a dictionary of its own."""

    __slots__ = ("path", "next")

    def __init__(self, number):
        self.path = [number]
        self.next = None


def start_children(count):
    if count == 0:
        return []
    # Debian's python3-minimal, which the host lab's guest has, comes without it.
    import multiprocessing

    context = multiprocessing.get_context(os.environ.get("LAB_CHILD_METHOD", "fork"))
    children = [context.Process(target=idle, daemon=True) for _ in range(count)]
    for child in children:
        child.start()
    return children


def main():
    nodes = []
    children = start_children(int(os.environ.get("LAB_CHILDREN", "0")))
    print("ready", *(child.pid for child in children), flush=True)
    held = bytearray()
    for line in sys.stdin:
        words = line.split()
        held = bytearray()
        if words[0] == "hold":
            held = bytearray(b"\x5a") * (int(words[1]) << 20)
        if words[0] == "free":
            nodes = []
        if words[0] == "nodes":
            nodes = [kind(number) for number in range(int(words[1])) for kind in (Node, Slim)]
        if words[0] == "count":
            print("count", sum(1 for one in gc.get_objects() if type(one).__name__ == words[1]), flush=True)
            continue
        print("held", len(held) >> 20, flush=True)


if __name__ == "__main__":
    main()
