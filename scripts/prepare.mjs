import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ownRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stampPath = join('node_modules', '.cache', 'polyphony', 'build');
const mainProducts = ['apps/api/dist/main.js', 'apps/worker/dist/main.js'];

/**
 * Makes a bare clone ready to run: the right Node, dependencies as locked, a build of these sources.
 * Says in the terminal what takes long. False, with the exit code set, when that fails.
 */
export function prepare(root = ownRoot) {
  if (!nodeIsSupported(process.versions.node)) {
    process.stderr.write(`Polyphony needs Node 20.19 or newer (22.12 or newer from 21 on); this is ${process.versions.node}.\n`);
    process.exitCode = 1;
    return false;
  }
  return (
    (isInstalled(root) ||
      npm(root, ['ci'], 'Installing dependencies (npm ci), once …', 'Dependencies could not be installed; see above.')) &&
    (isBuilt(root) || build(root))
  );
}

/** `^20.19 || >=22.12`, the versions that load ES modules and CommonJS alike without a flag. */
export function nodeIsSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

/** Whether node_modules holds what package-lock.json says; the dates decide, the content where they do not. */
export function isInstalled(root) {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (!existsSync(lock) || modified(installed) >= modified(lock)) return true;
  const wanted = packagesOf(lock);
  const found = packagesOf(installed);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const other = found[path];
    return other
      ? other.version === entry.version && other.integrity === entry.integrity
      : Boolean(entry.optional || entry.peer || !path.includes('node_modules/'));
  });
}

/** Whether the build was made from the sources as they are now. */
export function isBuilt(root) {
  const stamp = join(root, stampPath);
  return (
    mainProducts.every((path) => existsSync(join(root, path))) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === fingerprint(root)
  );
}

/** Remembers that the build is of the sources as they are now; `npm run build` ends with it. */
export function stampBuild(root = ownRoot, print = fingerprint(root)) {
  mkdirSync(dirname(join(root, stampPath)), { recursive: true });
  writeFileSync(join(root, stampPath), print);
}

function build(root) {
  const print = fingerprint(root);
  if (!npm(root, ['run', 'build'], 'Building (npm run build), once …', 'The build failed; see above.')) return false;
  stampBuild(root, print);
  return true;
}

/** Names, sizes and dates of everything a build is made from: deleted and older files change it too. */
function fingerprint(root) {
  const hash = createHash('sha256');
  for (const path of sources(root)) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path.slice(root.length)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sources(root) {
  const top = ['package.json', 'tsconfig.base.json', 'tsconfig.build.json']
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
  return [...top, ...['libs', 'apps'].flatMap((name) => filesBelow(join(root, name)))];
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name === 'dist' || entry.name === 'node_modules' || /\.(spec|fixture)\.tsx?$|\.md$|\.tsbuildinfo$/.test(entry.name))
      return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}

function npm(root, args, announcement, failure) {
  process.stdout.write(`${announcement}\n`);
  // Started through npm, the same npm is used again; otherwise the one on the path.
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  const { status } = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status === 0) return true;
  process.stderr.write(`${failure}\n`);
  process.exitCode = 1;
  return false;
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

function modified(path) {
  return statSync(path).mtimeMs;
}
