import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** How to get in: kept in the data directory with mode 0600, since the password is random and known nowhere else. */
export interface AccessRecord {
  readonly password: string;
  /** The port of the last start, used again when it is free. */
  readonly port?: number;
}

/** Reads the record, or makes one while there is no cluster yet that expects another password. */
export function readAccessRecord(file: string, clusterExists: boolean): AccessRecord {
  if (existsSync(file)) {
    const record = parse(readFileSync(file, 'utf8'));
    if (record) return record;
  }
  if (clusterExists)
    throw new EmbeddedPostgresError(`The password of the embedded database is missing: restore ${file} from a backup.`);
  return { password: randomBytes(24).toString('base64url') };
}

export function writeAccessRecord(file: string, record: AccessRecord): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function parse(text: string): AccessRecord | undefined {
  try {
    const record = JSON.parse(text) as AccessRecord;
    return typeof record.password === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
