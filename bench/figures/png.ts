import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { loadFonts } from './fonts.ts';
import type { PrintSize } from './print-size.ts';

const DOTS_PER_MM = 300 / 25.4;

let ready: Promise<void> | undefined;

/** Draws SVG as PNG with 300 dots to the inch of the print size. */
export async function renderPng(svg: string, { mm }: PrintSize): Promise<Uint8Array> {
  ready ??= readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')).then(initWasm);
  await ready;
  const { regular, bold } = await loadFonts();
  const resvg = new Resvg(svg, {
    font: {
      fontBuffers: [regular, bold],
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    } as { fontBuffers: Uint8Array[] },
    fitTo: { mode: 'width', value: Math.round(mm * DOTS_PER_MM) },
    background: 'white',
  });
  const image = resvg.render();
  const png = image.asPng();
  image.free();
  resvg.free();
  return png;
}
