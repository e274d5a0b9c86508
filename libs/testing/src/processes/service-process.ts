import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const readyPatienceMs = 30_000;
const closePatienceMs = 8_000;

/** One of our programs as a real process, started as the supervisor starts it, that tests may treat badly. */
export class ServiceProcess {
  private child: ChildProcess | null = null;
  private said = '';

  constructor(
    readonly name: string,
    private readonly program: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Everything it wrote, over all its lives. */
  get output(): string {
    return this.said;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get isRunning(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it (again) and waits until it says that it serves. */
  async start(): Promise<this> {
    const child = fork(this.program, [], { env: this.env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (this.said += text.toString()));
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${this.name} was not ready in time.\n${this.said}`)), readyPatienceMs);
        child.on('message', (message: { type?: string }) => message.type === 'ready' && resolve());
        child.once('exit', (code, signal) =>
          reject(new Error(`${this.name} ended at its start (${signal ?? code}).\n${this.said}`)),
        );
      });
    } finally {
      clearTimeout(timer);
    }
    return this;
  }

  /** SIGKILL: no goodbye. */
  async kill(): Promise<void> {
    await this.endWith(() => this.child?.kill('SIGKILL'));
  }

  /** SIGTERM, and what it exits with. */
  async terminate(): Promise<{ code: number | null; signal: string | null }> {
    return this.endWith(() => this.child?.kill('SIGTERM'));
  }

  /** SIGSTOP: alive, and deaf to everything. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  /** Lets go of it as a supervisor that dies does: it hands back what it has and leaves. */
  async close(): Promise<void> {
    if (!this.isRunning) return;
    this.thaw();
    const force = setTimeout(() => this.child?.kill('SIGKILL'), closePatienceMs);
    await this.endWith(() => this.child?.connected && this.child.disconnect());
    clearTimeout(force);
  }

  private async endWith(act: () => unknown): Promise<{ code: number | null; signal: string | null }> {
    const { child } = this;
    if (!child || !this.isRunning) return { code: child?.exitCode ?? null, signal: child?.signalCode ?? null };
    const gone = once(child, 'exit') as Promise<[number | null, string | null]>;
    act();
    const [code, signal] = await gone;
    return { code, signal };
  }
}
