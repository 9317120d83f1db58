/**
 * Datagrams to a socket of this host, never waited for. By FFI, since Bun has no datagram sockets of this family
 * (facts 4.14).
 */

import { libc } from "./libc.ts";

const unixFamily = 1;
/** SOCK_DGRAM | SOCK_CLOEXEC. */
const datagramSocket = 0o2000002;
/** Of struct sockaddr_un. See unix(7). */
const pathBytesMax = 107;

/** A struct sockaddr_un: of a path, or with "@" in front of an abstract name, which has no end but its length. */
export function addressOf(name: string | undefined): Uint8Array | undefined {
  if (name === undefined || !/^[/@]./.test(name)) return undefined;
  const path = Buffer.from(name);
  if (path.length > pathBytesMax) return undefined;
  const isAbstract = path[0] === 0x40;
  if (isAbstract) path[0] = 0;
  const address = Buffer.alloc(2 + path.length + (isAbstract ? 0 : 1));
  address.writeUInt16LE(unixFamily, 0);
  path.copy(address, 2);
  return address;
}

/** False where it could not be taken now: nobody listens, the queue is full, or this process may not call libc. */
export type SendDatagram = (message: string) => boolean;

/** To whoever listens at `address` then: a listener that was started anew gets the next one. */
export function datagramsTo(address: Uint8Array): SendDatagram {
  let socket: number | undefined;
  return (message) => {
    const calls = libc();
    if (!calls) return false;
    socket ??= calls.socket(unixFamily, datagramSocket, 0);
    if (socket < 0) {
      socket = undefined;
      return false;
    }
    return calls.sendTo(socket, Buffer.from(message), address) >= 0;
  };
}
