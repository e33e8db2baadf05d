import Ajv from 'ajv';
const ajv = new Ajv({ allErrors: true });
const schema = { type: 'object', properties: { foo: { type: 'integer' }, bar: { type: 'string', pattern: '^a+$' } }, required: ['foo'], additionalProperties: false };
const validate = ajv.compile(schema);
console.log(validate({ foo: 1, bar: 'aa' }), validate.errors);
console.log(validate({ bar: 'b', baz: 1 }), ajv.errorsText(validate.errors));
