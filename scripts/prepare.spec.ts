import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Prepare = {
  nodeIsSupported(version: string): boolean;
  isInstalled(root: string): boolean;
  isBuilt(root: string): boolean;
  stampBuild(root: string): void;
};
const { nodeIsSupported, isInstalled, isBuilt, stampBuild } = jest.requireActual<Prepare>('./prepare.mjs');

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'prepare-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: string | object = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

it.each([
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['23.0.0', true],
  ['24.4.1', true],
])('says of Node %s: supported is %s', (version, supported) => expect(nodeIsSupported(version)).toBe(supported));

describe('dependencies', () => {
  const pg = { 'node_modules/pg': { version: '8.23.1', integrity: 'a' } };
  const install = (locked: object, installed: object) => {
    write('package-lock.json', { packages: { '': {}, 'libs/own': {}, ...locked } });
    write('node_modules/.package-lock.json', { packages: installed });
    utimesSync(join(root, 'node_modules/.package-lock.json'), 1000, 1000);
  };

  it('are missing in a bare clone', () => {
    write('package-lock.json', { packages: pg });
    expect(isInstalled(root)).toBe(false);
  });

  it('are there when what is installed is what is locked, whatever the dates', () => {
    install({ ...pg, 'node_modules/only-elsewhere': { version: '1.0.0', optional: true } }, pg);
    expect(isInstalled(root)).toBe(true);
  });

  it.each([
    ['another version is locked', { 'node_modules/pg': { version: '8.24.0', integrity: 'b' } }],
    ['one more is locked', { ...pg, 'node_modules/zod': { version: '4.0.0' } }],
  ])('are out of date when %s', (_, locked) => {
    install(locked, pg);
    expect(isInstalled(root)).toBe(false);
  });
});

describe('the build', () => {
  beforeEach(() => {
    for (const path of [
      'libs/own/src/index.ts',
      'libs/own/src/index.spec.ts',
      'apps/api/dist/main.js',
      'apps/worker/dist/main.js',
    ])
      write(path);
    stampBuild(root);
  });

  it('is up to date until a source changes, appears or disappears', () => {
    expect(isBuilt(root)).toBe(true);
    appendFileSync(join(root, 'libs/own/src/index.ts'), 'export {};');
    expect(isBuilt(root)).toBe(false);
    stampBuild(root);
    write('libs/own/src/more.ts');
    expect(isBuilt(root)).toBe(false);
    stampBuild(root);
    rmSync(join(root, 'libs/own/src/more.ts'));
    expect(isBuilt(root)).toBe(false);
  });

  it('is not made again for a changed test', () => {
    appendFileSync(join(root, 'libs/own/src/index.spec.ts'), 'it.todo("more");');
    expect(isBuilt(root)).toBe(true);
  });

  it('is missing when its products were removed', () => {
    rmSync(join(root, 'apps/worker/dist'), { recursive: true });
    expect(isBuilt(root)).toBe(false);
  });
});
