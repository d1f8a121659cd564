import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

const { resolve } = createRequire(import.meta.url);
/** Pixels of PNG to one of SVG: about 300 dpi at 14 cm of width. */
const ZOOM = 2.5;

/** Draws a Vega-Lite specification as SVG. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

let resources: Promise<Uint8Array[]> | undefined;

/** resvg's WASM and the fonts, once a process. */
async function loadResources(): Promise<Uint8Array[]> {
  await initWasm(await readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')));
  const faces = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];
  return Promise.all(faces.map((face) => readFile(resolve(`dejavu-fonts-ttf/ttf/${face}`))));
}

/** Draws SVG as PNG, its text in DejaVu Sans from npm: fonts of the system are not used, so that none need be there. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  resources ??= loadResources();
  const resvg = new Resvg(svg, {
    font: {
      fontBuffers: await resources,
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    } as { fontBuffers: Uint8Array[] },
    fitTo: { mode: 'zoom', value: ZOOM },
    background: 'white',
  });
  const image = resvg.render();
  const png = image.asPng();
  image.free();
  resvg.free();
  return png;
}
