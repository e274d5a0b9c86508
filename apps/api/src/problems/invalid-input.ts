import type { z } from 'zod';

/** Input that does not fit its schema: one entry per fault, with where it is. */
export class InvalidInput extends Error {
  readonly errors: { path: string; message: string }[];

  constructor(issues: readonly { path?: readonly unknown[] | undefined; message: string }[]) {
    const errors = issues.slice(0, 20).map((issue) => ({ path: pathOf(issue.path), message: issue.message }));
    super(errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ') + '.');
    this.errors = errors;
  }
}

/** Parses input of a socket or a query with the same faults as a body has. */
export function parseInput<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (!result.success) throw new InvalidInput(result.error.issues);
  return result.data;
}

function pathOf(path: readonly unknown[] = []): string {
  return path
    .map((segment) => String(segment && typeof segment === 'object' && 'key' in segment ? segment.key : segment))
    .join('.');
}
