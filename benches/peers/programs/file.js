async ({ secretFile }) => {
  // A file of the machine that was not given to the program, by its path and by detours.
  const errors = [];
  const ways = [
    async () => require('fs'),
    async () => await import('node:fs'),
    async () => process.getBuiltinModule('fs'),
    async () => process.mainModule.constructor._load('fs'),
  ];
  const detours = [secretFile, `/bundle/../..${secretFile}`, `/tmp/../..${secretFile}`, `/proc/self/root${secretFile}`, `/proc/1/root${secretFile}`];
  const attempts = ways.flatMap((way) => [
    ...detours.map((path) => async () => (await way()).readFileSync(path, 'utf8')),
    async () => {
      const { readFileSync, symlinkSync } = await way();
      symlinkSync(secretFile, '/tmp/holm-bench-link');
      return readFileSync('/tmp/holm-bench-link', 'utf8');
    },
  ]);
  for (const attempt of attempts) {
    try {
      return await attempt();
    } catch (error) {
      errors.push(String(error));
    }
  }
  throw new Error(errors.join('; '));
}
