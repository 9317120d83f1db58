/** Pixels as a PNG file: 8 bits RGB, no transparency. Source: PNG specification, third edition (W3C). */

import { crc32, deflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** 8 bits a sample, colour type 2 (RGB), deflate, adaptive filtering, not interlaced. */
const rgbHeader = [8, 2, 0, 0, 0];

/** `rgba` has 4 bytes a pixel, row by row; the picture must be opaque. */
export function encodePng(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(rgbHeader, 8);
  const image = deflateSync(filteredRows(rgba, width, height));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", image),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Each row behind its filter type, 0: none. Flat colours compress best unfiltered. */
function filteredRows(rgba: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new DataView(rgba.buffer, rgba.byteOffset, rgba.byteLength);
  const rows = new Uint8Array(height * (width * 3 + 1));
  let to = 0;
  let from = 0;
  for (let y = 0; y < height; y++) {
    to++;
    for (let x = 0; x < width; x++) {
      rows[to++] = pixels.getUint8(from++);
      rows[to++] = pixels.getUint8(from++);
      rows[to++] = pixels.getUint8(from++);
      from++;
    }
  }
  return rows;
}

/** Length, type, data, and the CRC of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const framed = Buffer.alloc(data.length + 12);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, "latin1");
  framed.set(data, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, data.length + 8)), data.length + 8);
  return framed;
}
