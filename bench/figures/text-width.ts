import PDFDocument from 'pdfkit';
import * as vega from 'vega';
import { loadFonts } from './fonts.ts';

/** Width of a text in DejaVu Sans, in the unit of `fontSize`. */
export type TextWidth = (text: string, fontSize: number, bold?: boolean) => number;

/** What vega's types leave out: who measures text. */
interface TextMetrics {
  width(item: { fontSize?: number; fontWeight?: string }, text: unknown): number;
}

const UNIT = 1000;
const VEGA_FONT_SIZE = 11;

let textWidth: Promise<TextWidth> | undefined;

/**
 * Measures text with the font that figures are drawn in, and lets Vega do so: without a canvas it guesses widths from
 * the number of letters, and leaves too much room.
 */
export function loadTextWidth(): Promise<TextWidth> {
  textWidth ??= createTextWidth();
  return textWidth;
}

async function createTextWidth(): Promise<TextWidth> {
  const { regular, bold } = await loadFonts();
  const document = new PDFDocument({ autoFirstPage: false });
  document.registerFont('regular', regular).registerFont('bold', bold);
  const known = new Map<string, number>();
  const measure: TextWidth = (text, fontSize, isBold = false) => {
    const font = isBold ? 'bold' : 'regular';
    const key = `${font} ${text}`;
    let width = known.get(key);
    if (width === undefined) {
      width = document.font(font).fontSize(UNIT).widthOfString(text);
      known.set(key, width);
    }
    return (width / UNIT) * fontSize;
  };
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  textMetrics.width = (item, text) =>
    measure(String(text ?? ''), item.fontSize ?? VEGA_FONT_SIZE, item.fontWeight === 'bold');
  return measure;
}

/** Cuts a text at blanks into lines that are no wider than `width`, as far as its words allow. */
export function wrapText(text: string, width: number, fontSize: number, textWidth: TextWidth): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, fontSize) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
