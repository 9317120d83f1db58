/** SVG to PNG without fonts, libraries or programs of the host: resvg as WebAssembly and DejaVu Sans, both embedded. */

import { initWasm, Resvg } from "@resvg/resvg-wasm";
import wasmPath from "@resvg/resvg-wasm/index_bg.wasm" with { type: "file" };
import fontPath from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "file" };
import { encodePng } from "./png-file.ts";

let font: Promise<Uint8Array> | undefined;

/** The bytes of the PNG, 1:1 to the SVG's pixels. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  // WebAssembly may be started only once in a process.
  font ??= load();
  const resvg = new Resvg(svg, {
    font: { fontBuffers: [await font], defaultFontFamily: "DejaVu Sans", loadSystemFonts: false },
  });
  const image = resvg.render();
  // resvg's own encoder takes 55 ms the first time, this 15, and the file is smaller.
  const png = encodePng(image.pixels, image.width, image.height);
  image.free();
  resvg.free();
  return png;
}

async function load(): Promise<Uint8Array> {
  // Bun.file: in the compiled binary the path lies in /$bunfs, which only Bun can read (facts 4.4).
  await initWasm(await Bun.file(wasmPath).arrayBuffer());
  return await Bun.file(fontPath).bytes();
}
