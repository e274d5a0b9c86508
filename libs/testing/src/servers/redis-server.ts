import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../processes/free-port.js';
import { until } from '../until.js';

export function redisIsInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis of a test's own, set as an operator should: append-only file, no eviction. */
export class RedisServer {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    private readonly dir: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'polyphony-redis-')));
    await server.comeBack();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** `kill -9`: what the last second wrote may be lost. */
  async breakDown(): Promise<void> {
    const { child } = this;
    if (!child) return;
    this.child = null;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async comeBack(): Promise<void> {
    const settings = {
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      save: '',
      bind: '127.0.0.1',
    };
    const args = Object.entries({ ...settings, port: String(this.port), dir: this.dir }).flatMap(([name, value]) => [
      `--${name}`,
      value,
    ]);
    this.child = spawn('redis-server', args, { stdio: 'ignore' });
    await until(async () => (await this.command('PING')) === '+PONG', 'redis answers');
  }

  /** Forgets everything, jobs included. */
  async flush(): Promise<void> {
    await this.command('FLUSHALL');
  }

  /** One inline command; resolves with the first line of the reply. */
  command(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('data', (reply) => {
        socket.destroy();
        resolve(reply.toString().split('\r\n')[0]!);
      });
      socket.write(`${line}\r\n`);
    });
  }

  async close(): Promise<void> {
    await this.breakDown();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
