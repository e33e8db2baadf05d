import Joi from 'joi';
const schema = Joi.object({ name: Joi.string().trim().min(2).required(), age: Joi.number().integer().min(0), mail: Joi.string().email(), tags: Joi.array().items(Joi.string()).unique().default([]), at: Joi.date().iso() }).with('age', 'mail');
console.log(schema.validate({ name: ' Ada ', age: '36', mail: 'ada@example.com', at: '2020-01-02' }));
console.log(schema.validate({ name: 'A', age: -1, tags: ['a', 'a'], more: 1 }, { abortEarly: false }).error.details.map((detail) => [detail.path.join('.'), detail.message]));
