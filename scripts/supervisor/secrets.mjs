import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} dataDir @returns {string} 32 bytes in base64, made at the first call and the same ever after */
export function keptSecret(dataDir) {
  return kept(join(dataDir, 'secret'), () => randomBytes(32).toString('base64'));
}

/** @param {string} dataDir @returns {string} the administrator's API key, made at the first call and the same ever after */
export function keptAdminApiKey(dataDir) {
  return kept(join(dataDir, 'admin-api-key'), () => `pk_${randomBytes(32).toString('base64url')}`);
}

/** Writes a file only its owner reads, complete or not at all. */
export function writePrivately(file, content) {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function kept(file, make) {
  try {
    const found = readFileSync(file, 'utf8').trim();
    if (found) return found;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const made = make();
  writePrivately(file, `${made}\n`);
  return made;
}
