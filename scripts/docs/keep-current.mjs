import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes a generated document; with `--check` on the command line it only says, by the exit code, whether it is current.
 * @param {URL} file @param {string} content @param {string} command how to make it anew
 */
export function keepCurrent(file, content, command) {
  const name = relative(process.cwd(), fileURLToPath(file));
  const current = existsSync(file) && readFileSync(file, 'utf8') === content;
  if (!process.argv.includes('--check')) {
    if (!current) writeFileSync(file, content);
    process.stdout.write(`${name} ${current ? 'was current' : 'is written'}.\n`);
  } else if (current) process.stdout.write(`${name} is current.\n`);
  else {
    process.stderr.write(`${name} is not what the code says: run ${command} and commit it.\n`);
    process.exitCode = 1;
  }
}
