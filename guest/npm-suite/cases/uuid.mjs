import { NIL, parse, stringify, v4, v5, v7, validate, version } from 'uuid';
console.log(v5('holm', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'), version(v4()), version(v7()), validate('nope'), stringify(parse(NIL)));
