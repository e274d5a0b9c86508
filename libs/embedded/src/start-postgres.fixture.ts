import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { clusterHomeEntry } from './cluster-home.js';

const sources = dirname(fileURLToPath(import.meta.url));
const nodeModules = join(sources, '..', '..', '..', 'node_modules');

/** A data directory of a test; `remove` also removes the place a link in it leads to. */
export function temporaryDataDir(below = '.'): { path: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'embedded-'));
  const path = join(root, below);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return {
    path,
    remove() {
      const home = (() => {
        try {
          return realpathSync(clusterHomeEntry(path));
        } catch {
          return root;
        }
      })();
      for (const directory of [home, `${home}-set-aside`, root]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs startPostgres, compiled from these sources, in a process of its own that can be killed. */
export async function startInAnotherProcess(
  dataDir: string,
): Promise<{ process: ChildProcess; url: string; port: number; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'embedded-compiled-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(nodeModules, join(folder, 'node_modules'));
  for (const name of readdirSync(sources).filter(
    (file) => file.endsWith('.ts') && !file.includes('.spec.') && !file.includes('.fixture.'),
  ))
    writeFileSync(
      join(folder, name.replace(/\.ts$/, '.js')),
      transformSync(readFileSync(join(sources, name), 'utf8'), {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      }).code,
    );
  writeFileSync(
    join(folder, 'main.js'),
    `import { startPostgres } from './index.js';
     const { url, port } = await startPostgres({ dataDir: process.argv[2] });
     console.log(JSON.stringify({ url, port }));`,
  );
  const child = spawn(process.execPath, [join(folder, 'main.js'), dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    process: child,
    ...(JSON.parse(line) as { url: string; port: number }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
