import pg from 'pg';

/** More texts than this on one connection are sent as they are: a server keeps every prepared statement. */
const maxPrepared = 400;

/**
 * A client that has the server prepare every statement with parameters once and then only executes it. Whoever writes
 * SQL need not think of it: TypeORM, BullMQ and we ourselves send the same few hundred texts over and over, and parsing
 * and planning them anew each time took a fifth of the server's time.
 */
export class PreparingClient extends pg.Client {
  private readonly names = new Map<string, string>();

  override query(...parameters: unknown[]): never {
    const [statement, values, ...rest] = parameters;
    const named = typeof statement === 'string' && Array.isArray(values) && values.length > 0 ? this.nameOf(statement) : null;
    const call = super.query as (...all: unknown[]) => unknown;
    return call.apply(this, named ? [{ name: named, text: statement, values }, ...rest] : parameters) as never;
  }

  private nameOf(text: string): string | null {
    const known = this.names.get(text);
    if (known !== undefined || this.names.size >= maxPrepared) return known ?? null;
    const name = `s${this.names.size}`;
    this.names.set(text, name);
    return name;
  }
}
