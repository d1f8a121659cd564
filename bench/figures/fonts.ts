import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The family of all text. Where a browser has no DejaVu Sans, Verdana's letters are as wide. */
export const FONT_FAMILY = 'DejaVu Sans, Verdana, sans-serif';

export interface Fonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}

let fonts: Promise<Fonts> | undefined;

/** DejaVu Sans from npm, read once a process: fonts of the system are not used, so that none need be there. */
export function loadFonts(): Promise<Fonts> {
  fonts ??= readFonts();
  return fonts;
}

async function readFonts(): Promise<Fonts> {
  const read = (face: string) => readFile(resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`));
  const [regular, bold] = await Promise.all([read('DejaVuSans'), read('DejaVuSans-Bold')]);
  return { regular, bold };
}
