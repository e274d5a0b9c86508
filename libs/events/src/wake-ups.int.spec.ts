import { once } from 'node:events';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { type TestDatabase, RedisServer, cloneDatabase, onBothBackends, until } from '@polyphony/testing';
import pg from 'pg';
import { EVENTS_CHANNEL } from './append.js';
import { PostgresWakeUps, RedisWakeUps, type WakeUps } from './wake-ups.js';

jest.setTimeout(30_000);

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.close());

onBothBackends('wake-ups', (backend) => {
  let redis: RedisServer | null = null;
  let pool: pg.Pool;
  const open: WakeUps[] = [];

  async function listen(): Promise<WakeUps> {
    const wakeUps = redis ? new RedisWakeUps(redis.url) : new PostgresWakeUps(pool, database.url);
    open.push(wakeUps);
    await wakeUps.listen();
    return wakeUps;
  }

  beforeAll(async () => {
    if (backend === 'redis') redis = await RedisServer.start();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
  });
  afterAll(async () => {
    await Promise.all(open.map((wakeUps) => wakeUps.close()));
    await pool.end();
    await redis?.close();
  });

  it('bring a hint and a control message to every process', async () => {
    const [sender, receiver] = [await listen(), await listen()];
    const heard: string[][] = [];
    const told: string[] = [];
    receiver.onEvents((ids) => heard.push(ids));
    for (const one of [sender, receiver]) one.onControl((message) => told.push(message));
    if (sender.channel) await pool.query(`SELECT pg_notify($1, 'a,b')`, [sender.channel]);
    else sender.announce(['a', 'b', 'a']);
    await sender.sendControl('stop');
    await until(() => heard.length === 1 && told.length === 2, 'both have heard');
    expect(heard).toEqual([['a', 'b']]);
    expect(told).toEqual(['stop', 'stop']);
    expect(receiver.connected()).toBe(true);
  });
});

/** A way to the database that can be closed and opened, and that counts who comes. */
class Gate {
  attempts = 0;
  isOpen = true;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly target: URL) {
    this.server = createServer((socket) => this.accept(socket));
  }

  async url(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const url = new URL(this.target);
    url.port = String((this.server.address() as { port: number }).port);
    return url.href;
  }

  shut(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.destroy();
  }

  get through(): number {
    return this.sockets.size;
  }

  close(): void {
    this.shut();
    this.server.close();
  }

  private accept(socket: Socket): void {
    this.attempts++;
    socket.on('error', () => undefined);
    if (!this.isOpen) return void socket.destroy();
    const onward = connect(Number(this.target.port), this.target.hostname);
    onward.on('error', () => undefined);
    this.sockets.add(socket);
    socket.on('close', () => {
      this.sockets.delete(socket);
      onward.destroy();
    });
    onward.on('close', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  }
}

it('a lost PostgreSQL connection is taken up again by one attempt at a time, and hints arrive once again', async () => {
  const gate = new Gate(new URL(database.url));
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const wakeUps = new PostgresWakeUps(pool, await gate.url());
  try {
    await wakeUps.listen();
    const heard: string[][] = [];
    wakeUps.onEvents((ids) => heard.push(ids));
    gate.shut();
    await until(() => !wakeUps.connected(), 'the loss is noticed');
    gate.attempts = 0;
    const began = Date.now();
    await until(() => gate.attempts >= 4, 'it keeps trying');
    expect(gate.attempts).toBeLessThanOrEqual(2 + (Date.now() - began) / 250);
    await until(() => gate.attempts >= 7, 'it still keeps trying');
    expect(gate.attempts).toBeLessThanOrEqual(2 + (Date.now() - began) / 250);

    gate.isOpen = true;
    await until(() => wakeUps.connected(), 'it is connected again');
    expect(gate.through).toBe(1);
    await pool.query(`SELECT pg_notify($1, 'c')`, [EVENTS_CHANNEL]);
    await until(() => heard.length > 0, 'the hint arrives');
    expect(heard).toEqual([['c']]);
  } finally {
    await wakeUps.close();
    await pool.end();
    gate.close();
  }
});
