import protobuf from 'protobufjs';
const { root } = protobuf.parse('syntax = "proto3"; package p; enum Kind { NONE = 0; BIG = 1; } message Inner { int64 id = 1; } message M { string name = 1; repeated int32 list = 2; Inner inner = 3; Kind kind = 4; map<string, double> scores = 5; bytes raw = 6; oneof which { bool yes = 7; string no = 8; } }');
const M = root.lookupType('p.M');
const bytes = M.encode(M.fromObject({ name: 'é', list: [1, -2, 300], inner: { id: '9007199254740993' }, kind: 'BIG', scores: { a: 1.5 }, raw: 'AQI=', no: 'x' })).finish();
console.log(Buffer.from(bytes).toString('hex'), JSON.stringify(M.toObject(M.decode(bytes), { longs: String, enums: String, bytes: String, oneofs: true })), M.verify({ name: 1 }));
