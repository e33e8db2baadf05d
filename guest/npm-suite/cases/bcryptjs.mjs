import bcrypt from 'bcryptjs';
const hash = bcrypt.hashSync('correct horse', '$2b$04$abcdefghijklmnopqrstuu');
console.log(hash, bcrypt.compareSync('correct horse', hash), bcrypt.compareSync('wrong', hash), await bcrypt.compare('correct horse', hash));
