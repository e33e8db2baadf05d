// One container for each execution, over the engine's API, hardened as its documentation advises.

import { send } from '../http.mjs';
import { nodeAnswer, nodeFile } from '../text.mjs';

export default async function open({ docker, timeoutMs, memoryMb }) {
  const call = (method, path, body) => send({ socketPath: docker.socket, method, path, body });
  return {
    async execute(job) {
      const bytes = memoryMb * 2 * 2 ** 20;
      const spec = {
        Image: docker.image,
        Cmd: ['node', `--max-old-space-size=${memoryMb}`, '-e', nodeFile(job)],
        User: '65534:65534',
        NetworkDisabled: true,
        HostConfig: {
          NetworkMode: 'none',
          Memory: bytes,
          MemorySwap: bytes,
          NanoCpus: 1e9,
          ReadonlyRootfs: true,
          PidsLimit: 64,
          CapDrop: ['ALL'],
          SecurityOpt: ['no-new-privileges'],
        },
      };
      const { Id: id } = JSON.parse(await call('POST', '/containers/create', spec));
      try {
        await call('POST', `/containers/${id}/start`);
        const ended = call('POST', `/containers/${id}/wait`).then((body) => JSON.parse(body).StatusCode);
        const code = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, timeoutMs, 'no end in time').unref())]);
        ended.catch(() => {});
        const logs = await call('GET', `/containers/${id}/logs?stdout=1&stderr=1`);
        const output = streams(logs);
        if (code !== 0) throw new Error(`exit ${code}: ${output[2].slice(0, 300)}`);
        return nodeAnswer(output[1]);
      } finally {
        await call('DELETE', `/containers/${id}?force=1`);
      }
    },
  };
}

/** Takes apart what came in frames: a stream's number, three zeros, a length, so many bytes. */
function streams(bytes) {
  const output = { 1: '', 2: '' };
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    output[bytes[at]] += bytes.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return output;
}
