// Applies the decorators of one class: in the standard's order, static methods and accessors, those of instances, static fields, fields, the
// class. Gives what its generated code calls while fields get their values.

// Programs may bring the symbol themselves.
const metadataSymbol = () => Symbol.metadata ?? Symbol.for('Symbol.metadata');
const ORDER = [(e) => e.static && e.kind !== 'field', (e) => !e.static && e.kind !== 'field', (e) => e.static && e.kind === 'field', (e) => !e.static && e.kind === 'field'];
const PARTS = { method: 'value', getter: 'get', setter: 'set' };

function checked(given, what) {
  if (given !== undefined && typeof given !== 'function') throw new TypeError(`${what} must be a function or undefined`);
  return given;
}

function run(initializers, self) {
  for (const initializer of initializers) initializer.call(self);
}

// Calls one decorator with a context that is its own.
function apply(decorator, value, context, initializers) {
  if (typeof decorator !== 'function') throw new TypeError('A decorator must be a function');
  let open = true;
  context.addInitializer = (initializer) => {
    if (!open) throw new TypeError('addInitializer was called after the decorator had returned');
    if (typeof initializer !== 'function') throw new TypeError('An initializer must be a function');
    initializers.push(initializer);
  };
  try {
    return decorator(value, context);
  } finally {
    open = false;
  }
}

function accessOf(element) {
  const { name, kind } = element;
  if (element.private) {
    const access = { has: element.has };
    if (element.get) access.get = element.get;
    if (element.set) access.set = element.set;
    return access;
  }
  const access = { has: (object) => name in object };
  if (kind !== 'setter') access.get = (object) => object[name];
  if (kind === 'setter' || kind === 'field' || kind === 'accessor') access.set = (object, value) => { object[name] = value; };
  return access;
}

module.exports = function classes(target, elements, classDecorators, className) {
  const metadataKey = metadataSymbol();
  const inherited = Object.getPrototypeOf(target)?.[metadataKey];
  const metadata = Object.create(inherited ?? null);
  const state = { method: {}, value: {}, after: {}, result: target };
  const ofClass = [];
  const ofInstance = [];
  if (classDecorators !== undefined && className !== '') {
    const own = Object.getOwnPropertyDescriptor(target, 'name');
    if (own === undefined || own.value === '') Object.defineProperty(target, 'name', { value: className, configurable: true });
  }

  function field(element) {
    const initial = [];
    const extra = [];
    state.value[element.index] = (self, value) => {
      for (const initializer of initial) value = initializer.call(self, value);
      return value;
    };
    state.after[element.index] = (self) => run(extra, self);
    return { initial, extra };
  }

  for (const belongs of ORDER) {
    for (const element of elements) {
      if (!belongs(element)) continue;
      const { kind, name, index } = element;
      const home = element.static ? target : target.prototype;
      const isField = kind === 'field' || kind === 'accessor';
      const { initial, extra } = isField ? field(element) : { initial: null, extra: element.static ? ofClass : ofInstance };
      const part = PARTS[kind];
      const key = element.private ? element.key : name;
      let descriptor;
      if (kind === 'accessor' && element.private) descriptor = element.pair;
      else if (kind !== 'field') descriptor = Object.getOwnPropertyDescriptor(home, key);
      if (element.private && part !== undefined) {
        delete home[key];
        const prefix = kind === 'getter' ? 'get ' : kind === 'setter' ? 'set ' : '';
        Object.defineProperty(descriptor[part], 'name', { value: prefix + name, configurable: true });
      }
      for (const decorator of [...element.decorators].reverse()) {
        const context = { kind, name, static: element.static, private: element.private === true, access: accessOf(element), metadata };
        if (kind === 'field') {
          const initializer = checked(apply(decorator, undefined, context, extra), 'What a decorator of a field returns');
          if (initializer !== undefined) initial.unshift(initializer);
        } else if (kind === 'accessor') {
          const given = apply(decorator, { get: descriptor.get, set: descriptor.set }, context, extra);
          if (given === undefined) continue;
          if (given === null || typeof given !== 'object') throw new TypeError('What a decorator of an accessor returns must be an object or undefined');
          const { get, set, init } = given;
          descriptor = { ...descriptor, get: checked(get, 'get') ?? descriptor.get, set: checked(set, 'set') ?? descriptor.set };
          if (checked(init, 'init') !== undefined) initial.unshift(init);
        } else {
          const given = checked(apply(decorator, descriptor[part], context, extra), 'What a decorator of a method returns');
          if (given !== undefined) descriptor = { ...descriptor, [part]: given };
        }
      }
      if (element.private) state.method[index] = kind === 'accessor' ? descriptor : descriptor?.[part];
      else if (descriptor !== undefined) Object.defineProperty(home, name, descriptor);
    }
  }

  const ends = [];
  if (classDecorators !== undefined) {
    for (const decorator of [...classDecorators].reverse()) {
      const context = { kind: 'class', name: className === '' ? undefined : className, metadata };
      const given = checked(apply(decorator, state.result, context, ends), 'What a decorator of a class returns');
      if (given !== undefined) state.result = given;
    }
  }
  Object.defineProperty(state.result, metadataKey, { value: metadata, configurable: true, enumerable: false, writable: true });
  state.instance = (self) => run(ofInstance, self);
  state.statics = (self) => run(ofClass, self);
  state.end = (self) => run(ends, self);
  return state;
};

module.exports.key = (value) => {
  if (typeof value === 'symbol') return value;
  const key = Reflect.ownKeys({ [value]: 0 })[0];
  return key;
};
