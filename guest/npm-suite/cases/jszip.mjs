import JSZip from 'jszip';
const zip = new JSZip();
zip.file('a.txt', 'hello '.repeat(100), { date: new Date(0) }).folder('d').file('b.bin', new Uint8Array([1, 2, 3]), { date: new Date(0) });
const bytes = await zip.generateAsync({ type: 'uint8array', compression: 'DEFLATE', compressionOptions: { level: 9 } });
const back = await JSZip.loadAsync(bytes);
console.log(Object.keys(back.files), (await back.file('a.txt').async('string')).length, await back.file('d/b.bin').async('base64'), bytes.length < 600, await JSZip.loadAsync('nonsense').catch((error) => error.message.split(':')[0]));
