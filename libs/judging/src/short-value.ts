/** The short value an answer ends in (a number, an option, yes or no, JSON), in one spelling, or null. */
export function shortValueOf(text: string): string | null {
  const lines = text.trim().split('\n');
  const last = (lines.at(-1) ?? '').trim();
  const boxed = [...text.matchAll(/\\boxed\{([^{}]{1,40})\}/g)].at(-1)?.[1];
  const stated = /(?:answer|result|total|solution)\s*(?:is|was|=|:)\s*(.{1,60})$/i.exec(last)?.[1];
  return (
    jsonValue(text.trim()) ?? [boxed, stated, last].map((candidate) => candidate && simpleValue(candidate)).find(Boolean) ?? null
  );
}

function simpleValue(raw: string): string | null {
  const value = raw.replace(/[*_`$“”"']/g, '').replace(/[.!。]+$/, '').trim(); // prettier-ignore
  if (/^[-+]?\d{1,3}(?:,\d{3})*(?:\.\d+)?\s*%?$/.test(value) || /^[-+]?\d+(?:\.\d+)?\s*%?$/.test(value)) {
    const percent = value.endsWith('%') ? '%' : '';
    return `${Number(value.replace(/[,%\s]/g, ''))}${percent}`;
  }
  if (/^(?:yes|no|true|false)$/i.test(value)) return value.toLowerCase();
  return /^\(?([A-H])\)?$/.exec(value)?.[1] ?? null;
}

function jsonValue(text: string): string | null {
  const body = /^```(?:json)?\s*([\s\S]*?)```$/.exec(text)?.[1] ?? text;
  if (!/^\s*[{[]/.test(body) || body.length > 2000) return null;
  try {
    return JSON.stringify(sorted(JSON.parse(body)));
  } catch {
    return null;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, of]) => [key, sorted(of)])); // prettier-ignore
}
