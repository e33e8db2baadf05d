import nodemailer from 'nodemailer';
const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
const { message, envelope, messageId } = await transport.sendMail({ from: '"Ada Ü" <a@b.c>', to: ['x@y.z', 'q@r.s'], subject: 'Grüße', text: 'plain é', html: '<b>html</b>', date: new Date(0), messageId: '<id@b.c>', boundaryPrefix: 'b', baseBoundary: 'fixed', attachments: [{ filename: 'a.txt', content: 'attached' }], headers: { 'X-A': '1' } });
console.log(message.toString(), envelope, messageId);
