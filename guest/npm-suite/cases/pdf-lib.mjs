import { PDFDocument, StandardFonts, rgb } from 'pdf-lib';
const pdf = await PDFDocument.create({ updateMetadata: false });
const font = await pdf.embedFont(StandardFonts.Helvetica);
pdf.addPage([300, 200]).drawText('Hello, holm', { x: 20, y: 100, size: 24, font, color: rgb(0, 0.5, 1) });
const bytes = await pdf.save({ useObjectStreams: false });
const again = await PDFDocument.load(bytes);
console.log(bytes.length, String.fromCharCode(...bytes.subarray(0, 8)).trim(), again.getPageCount(), again.getPage(0).getSize());
