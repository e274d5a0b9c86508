import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const main = join(__dirname, '../dist/main.js');
const whenBuilt = existsSync(main) ? describe : describe.skip;

async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(main, ['--port', '0', '--models', 'sim-scout+stall'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { child, url: (JSON.parse(line.toString()) as { url: string }).url };
}

whenBuilt('the simulator as a process', () => {
  it('says where it listens, lists further models, and leaves when its channel disconnects', async () => {
    const { child, url } = await start();
    const list = (await (await fetch(`${url}/v1/models`, { headers: { authorization: 'Bearer k' } })).json()) as {
      data: { id: string }[];
    };
    expect(list.data.at(-1)?.id).toBe('sim-scout+stall');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('leaves on SIGTERM although a stream is open', async () => {
    const { child, url } = await start();
    const body = JSON.stringify({
      model: 'sim-scout+stall+rate=0+ttft=0',
      stream: true,
      messages: [{ role: 'user', content: 'Why?' }],
    });
    const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { authorization: 'Bearer k' }, body });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expect(response.text()).rejects.toThrow('terminated');
  });
});
