import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const largestLog = 10 * 1024 * 1024;
const warning = 40;
const levelNames = { 40: 'warn', 50: 'error', 60: 'fatal' };

/** What the children say: everything into `<folder>/<name>.log`, warnings and errors to the terminal too. */
export class ChildOutput {
  #folder;
  #terminal;
  #files = new Map();

  /** @param {string} folder @param {NodeJS.WriteStream} terminal lines are made readable when it is one, untouched otherwise */
  constructor(folder, terminal) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#terminal = terminal;
  }

  /**
   * @param {string} name @param {import('node:child_process').ChildProcess} child
   * @param {{ quiet?: boolean, onStdout?: (line: string) => void }} options `quiet` keeps the terminal out of it
   * @returns {{ lastComplaint(): string | undefined }} the last line on stderr, as plain words
   */
  follow(name, child, { quiet = false, onStdout }) {
    let last;
    this.#each(child.stdout, (line) => {
      this.#record(name, line);
      onStdout?.(line);
      if (!quiet && isWarning(line)) this.#show(name, line);
    });
    this.#each(child.stderr, (line) => {
      this.#record(name, line);
      const entry = parse(line);
      if (line.trim() && (!entry || isWarning(line))) last = entry?.msg ?? line.trim();
      if (!quiet && (!entry || isWarning(line))) this.#show(name, line);
    });
    return { lastComplaint: () => last };
  }

  /** A line of the supervisor's own. */
  note(line) {
    this.#record('supervisor', JSON.stringify({ time: new Date().toISOString(), msg: line }));
    this.#terminal.write(`${line}\n`);
  }

  close() {
    for (const file of this.#files.values()) file.end();
    this.#files.clear();
  }

  #each(stream, take) {
    if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);
  }

  #path(name) {
    return join(this.#folder, `${name}.log`);
  }

  #record(name, line) {
    let file = this.#files.get(name);
    if (!file) {
      const path = this.#path(name);
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestLog) renameSync(path, `${path}.1`);
      file = createWriteStream(path, { flags: 'a', mode: 0o600 });
      file.on('error', () => {});
      this.#files.set(name, file);
    }
    file.write(`${line}\n`);
  }

  #show(name, line) {
    if (!line.trim()) return;
    const entry = this.#terminal.isTTY ? parse(line) : undefined;
    if (!this.#terminal.isTTY) this.#terminal.write(`${line}\n`);
    else if (!entry) this.#terminal.write(`[${name}] ${line}\n`);
    else {
      const cause = entry.err?.message && entry.err.message !== entry.msg ? ` (${entry.err.message})` : '';
      this.#terminal.write(`[${name}] ${levelNames[entry.level] ?? entry.level}: ${entry.msg ?? ''}${cause}\n`);
    }
  }
}

function isWarning(line) {
  const level = parse(line)?.level;
  return typeof level === 'number' ? level >= warning : level === 'warn' || level === 'error' || level === 'fatal';
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
