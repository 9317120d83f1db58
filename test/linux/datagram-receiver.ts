/** A socket that takes datagrams as systemd and a syslog daemon do, which Bun has none of. */

/** Says "ready", and prints each message as JSON with its sender's PID. */
const receiver = `
import json, socket, struct, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind("\\0" + name[1:] if name[0] == "@" else name)
print("ready", flush=True)
for _ in range(int(sys.argv[2])):
    data, extra, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(12))
    print(json.dumps([data.decode(), struct.unpack("3i", extra[0][2])[0]]), flush=True)
`;

/** What comes at `socket` ("@name" for an abstract one) until it was `count`, once `act` was called. */
export async function receive(socket: string, count: number, act: (receiver: Bun.Subprocess) => void) {
  const child = Bun.spawn(["python3", "-c", receiver, socket, String(count)], {
    stdout: "pipe",
    timeout: 10_000,
  });
  const lines: string[] = [];
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    const whole = text.split("\n");
    text = whole.pop() ?? "";
    if (lines.length === 0 && whole[0] === "ready") act(child);
    lines.push(...whole);
  }
  await child.exited;
  return lines.slice(1).map((line) => JSON.parse(line) as [message: string, pid: number]);
}
