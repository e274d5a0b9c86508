import { rmSync } from 'node:fs';

export default async function stopServers() {
  const { server, dataDir } = globalThis.polyphonyTestServers;
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
