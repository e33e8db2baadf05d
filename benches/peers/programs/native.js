async ({ port, token }) => {
  // Below what a patch of http, fetch and require covers: modules by other ways, then the sockets of the runtime itself.
  const errors = [];
  const request = `GET /${token} HTTP/1.0\r\n\r\n`;
  const talk = (net) =>
    new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(request)).on('error', reject);
      socket.once('data', () => resolve('reached by net'));
    });
  const ways = [
    async () => talk(await import('node:net')),
    async () => talk(process.getBuiltinModule('net')),
    async () => talk(process.mainModule.constructor._load('net')),
    async () => talk((await import('node:module')).default._load('net')),
    async () => {
      const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
      const { WriteWrap } = process.binding('stream_wrap');
      const socket = new TCP(constants.SOCKET);
      const connecting = new TCPConnectWrap();
      const code = socket.connect(connecting, '127.0.0.1', port);
      if (code !== 0) throw new Error(`connect: ${code}`);
      await new Promise((resolve) => (connecting.oncomplete = resolve));
      socket.writeLatin1String(new WriteWrap(), request);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return 'sent by tcp_wrap';
    },
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
