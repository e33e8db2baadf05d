async ({ processes }) => {
  // A bomb with a bound: so many at a time, which do nothing for a while and survive their parent.
  const errors = [];
  const ways = [
    async () => require('child_process'),
    async () => await import('node:child_process'),
    async () => process.getBuiltinModule('child_process'),
    async () => process.mainModule.constructor._load('child_process'),
  ];
  for (const way of ways) {
    try {
      const { spawn } = await way();
      let [started, failed] = [0, 0];
      const begin = (program, args) =>
        new Promise((resolve) => {
          const child = spawn(program, args, { detached: true, stdio: 'ignore', env: {} });
          child.on('spawn', () => resolve(true)).on('error', () => resolve(false));
          child.unref();
        });
      const [program, args] = (await begin('/bin/sleep', ['1'])) ? ['/bin/sleep', ['20']] : [process.execPath, ['-e', 'setTimeout(() => {}, 20000)']];
      for (let i = 0; i < processes; i++) (await begin(program, args)) ? started++ : failed++;
      return { started, failed };
    } catch (error) {
      errors.push(String(error));
    }
  }
  throw new Error(errors.join('; '));
}
