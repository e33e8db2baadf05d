import 'reflect-metadata';
import { Expose, plainToInstance, Transform, Type } from 'class-transformer';
import { IsEmail, IsInt, Length, Min, ValidateNested, validate } from 'class-validator';
const decorate = (Class, properties) => { for (const [name, list] of Object.entries(properties)) for (const decorator of list) decorator(Class.prototype, name); return Class; };
const Address = decorate(class Address {}, { city: [Length(2, 20)] });
const User = decorate(class User {}, { mail: [IsEmail()], age: [IsInt(), Min(0), Type(() => Number)], address: [ValidateNested(), Type(() => Address)], name: [Expose({ name: 'full_name' }), Transform(({ value }) => value?.trim())] });
const user = plainToInstance(User, { mail: 'x', age: '-1', address: { city: 'A' }, full_name: ' Ada ' });
console.log(user.name, user.age, user.address.constructor.name, (await validate(user)).map((error) => [error.property, error.constraints ?? error.children[0].constraints]));
