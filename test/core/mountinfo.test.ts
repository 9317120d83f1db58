import { expect, test } from "bun:test";
import { mountAt, parseMountinfo } from "../../src/core/mountinfo.ts";

const text = [
  "21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro",
  "22 21 0:20 / /proc rw,nosuid,hidepid=invisible - proc proc rw,hidepid=invisible",
  "23 21 0:21 / /mnt/a\\040b rw,noexec - tmpfs tmpfs rw",
  "24 21 0:22 / /mnt rw - xfs /dev/vdb rw",
  "25 21 0:23 / /mnt ro - nfs4 server:/x rw",
  "a line of something else",
  "",
].join("\n");
const mounts = parseMountinfo(text);

test("each mount with its point, its type and the options of both", () =>
  expect(mounts.map(({ point, fsType }) => `${point} ${fsType}`)).toEqual([
    "/ ext4",
    "/proc proc",
    "/mnt/a b tmpfs",
    "/mnt xfs",
    "/mnt nfs4",
  ]));

test.each([
  ["/", "ext4"],
  ["/procession", "ext4"],
  ["/proc", "proc"],
  ["/proc/1/stat", "proc"],
  ["/mnt/a b/c", "tmpfs"],
  // Of two on one point the later one covers the other.
  ["/mnt/c", "nfs4"],
])("%p is on %p", (path, fsType) => expect(mountAt(mounts, path)?.fsType).toBe(fsType));

test("without mounts there is none", () => expect(mountAt([], "/")).toBeUndefined());
