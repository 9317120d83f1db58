"""Stand-in for NSO's Python VM (not NSO): a real Python under the real name, holding memory on command.

Started as `python3 -u …/ncs_pyvm/startup.py -l info -f … -i NAME`, so what it needs comes in the environment:
  LAB_CHILDREN      number of multiprocessing children
  LAB_CHILD_METHOD  "spawn" (their command line says --multiprocessing-fork) or "fork" (it is their parent's)
Commands on stdin, one a line: `hold MIB` (in all), `free`. Ends with its children at end of file.
"""

import multiprocessing
import os
import sys
import time


def idle():
    """What a child does: nothing, until its parent ends it or is gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)


def main():
    context = multiprocessing.get_context(os.environ.get("LAB_CHILD_METHOD", "fork"))
    children = [context.Process(target=idle, daemon=True) for _ in range(int(os.environ.get("LAB_CHILDREN", "0")))]
    for child in children:
        child.start()
    print("ready", *(child.pid for child in children), flush=True)
    held = bytearray()
    for line in sys.stdin:
        words = line.split()
        held = bytearray()
        if words[0] == "hold":
            held = bytearray(b"\x5a") * (int(words[1]) << 20)
        print("held", len(held) >> 20, flush=True)


if __name__ == "__main__":
    main()
