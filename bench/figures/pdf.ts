import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import svgToPdf from 'svg-to-pdfkit';
import { loadFonts } from './fonts.ts';

/** What a PDF says of itself; the same drawing gives the same bytes. */
export interface PdfInfo {
  readonly title: string;
  readonly created: Date;
}

/** Draws SVG as a PDF of one page of `width` times `height` points, DejaVu Sans embedded as far as it is used. */
export async function renderPdf(
  svg: string,
  { width, height }: { width: number; height: number },
  { title, created }: PdfInfo,
): Promise<Uint8Array> {
  const { regular, bold } = await loadFonts();
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    info: { Title: title, Creator: 'Sluice', CreationDate: created },
  });
  document.registerFont('regular', regular).registerFont('bold', bold);
  const bytes = buffer(document);
  // A dash without gaps is no dash to PDF.
  svgToPdf(document, svg.replaceAll(' stroke-dasharray="1,0"', ''), 0, 0, {
    width,
    height,
    fontCallback: (_, isBold) => (isBold ? 'bold' : 'regular'),
    warningCallback: (warning) => {
      throw new Error(`the figure cannot be drawn as PDF: ${warning}`);
    },
  });
  document.end();
  return bytes;
}
