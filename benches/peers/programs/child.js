async ({ marker }) => {
  // A child with an environment of its own inherits no patch and no proxy. It leaves a file behind.
  const errors = [];
  const script = `require('fs').writeFileSync(${JSON.stringify(marker)}, 'from a child')`;
  const start = ({ execFileSync }) => String(execFileSync(process.execPath, ['-e', script], { env: {} }) && 'started');
  const ways = [
    async () => start(require('child_process')),
    async () => start(await import('node:child_process')),
    async () => start(process.getBuiltinModule('child_process')),
    async () => start(process.mainModule.constructor._load('child_process')),
  ];
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      errors.push(String(error));
    }
  }
  throw new Error(errors.join('; '));
}
