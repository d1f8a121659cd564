import { parse, type Spec, View } from 'vega';
import { compile } from 'vega-lite';
import type { Layout } from './layout.ts';
import { PAGE_HEIGHT, type PrintSize } from './print-size.ts';

/** A figure or, where it is too high for a page, a part of it. */
export interface Part {
  /** As wide as the print size says. */
  readonly svg: string;
  /** The same as a specification for Vega, for a page on which it can be pointed at. */
  readonly vega: Spec;
  /** Points. */
  readonly width: number;
  readonly height: number;
}

const MOST_TRIES = 6;
/** Points; Vega rounds the size of a drawing to whole ones. */
const TOLERANCE = 1.5;
const LEAST_PANEL = 20;

/**
 * Draws a layout as wide as the print size, and cut between its rows where it is higher than a page. How much room axes
 * and legends take is only known once they are drawn: rows for a page are guessed from the first two.
 */
export async function drawParts(layout: Layout, size: PrintSize, description: string): Promise<Part[]> {
  const { rows } = layout;
  const one = await fitRows(layout, size, 0, 1, size.width / layout.columns);
  const two = rows === 1 ? one : await fitRows(layout, size, 0, 2, one.panelWidth);
  const rowHeight = two.height - one.height;
  const guess = rows === 1 ? 1 : Math.floor((PAGE_HEIGHT - one.height) / rowHeight) + 1;
  for (let each = Math.max(1, Math.ceil(rows / Math.ceil(rows / guess))); ; each--) {
    const parts: Part[] = [];
    for (let from = 0; from < rows; from += each) {
      parts.push(await fitRows(layout, size, from, Math.min(from + each, rows), two.panelWidth));
    }
    if (each > 1 && parts.some(({ height }) => height > PAGE_HEIGHT)) continue;
    return parts.map((part, i) =>
      print(part, size, parts.length === 1 ? description : `${description} Part ${i + 1}.`),
    );
  }
}

/** Draws rows with panels so wide that the whole is as wide as the print size, or a little narrower. */
async function fitRows(
  layout: Layout,
  size: PrintSize,
  from: number,
  to: number,
  first: number,
): Promise<Part & { panelWidth: number }> {
  let panelWidth = first;
  for (let tries = 1; ; tries++) {
    const part = await draw(layout, panelWidth, from, to);
    const missing = size.width - part.width;
    const isClose = missing > -TOLERANCE && (missing < TOLERANCE || tries > 2);
    if (isClose || tries === MOST_TRIES) return { ...part, panelWidth };
    panelWidth = Math.max(LEAST_PANEL, panelWidth + missing / layout.columns);
  }
}

async function draw(layout: Layout, panelWidth: number, from: number, to: number): Promise<Part> {
  const vega = compile(layout.spec(panelWidth, from, to)).spec;
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    const [, width, height] = /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
    return { svg, vega, width: Number(width), height: Number(height) };
  } finally {
    view.finalize();
  }
}

/** Gives the drawing its size on paper, and a description for those who cannot see it. */
function print({ svg, vega, width, height }: Part, size: PrintSize, description: string): Part {
  // What is a little too wide is drawn smaller; what is narrower, such as a few bars, keeps its size.
  const scale = Math.min(1, size.width / width);
  const box = { width: Math.max(width, size.width), height };
  const body = svg.slice(svg.indexOf('>') + 1);
  const root = [
    '<svg xmlns="http://www.w3.org/2000/svg"',
    `width="${size.mm}mm" height="${round((box.height * scale * size.mm) / size.width)}mm"`,
    `viewBox="0 0 ${round(box.width)} ${round(box.height)}"`,
    `role="img" aria-label="${escapeAttribute(description)}">`,
  ].join(' ');
  return { svg: root + body, vega, width: size.width, height: box.height * scale };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
