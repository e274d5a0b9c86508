import { quotable, redactor } from './redact.js';

describe('redaction', () => {
  it.each([
    ['the key as it is', 'my+secret/key'],
    ['the key in a URL', encodeURIComponent('my+secret/key')],
    ['another bearer token', 'Bearer abc.def.ghi'],
    ['what looks like a key', 'sk-proj-abcdefgh12345678'],
    ['a key with its middle blotted out', 'sk-abcd****************wxyz'],
  ])('removes %s', (_, secret) => {
    const clean = redactor('my+secret/key')(`Refused: ${secret} is unknown`);
    expect(clean).toContain('[redacted]');
    expect(clean).not.toContain(secret);
    expect(clean).toMatch(/^Refused: .* is unknown$/);
  });

  it('leaves text alone where the key is only a placeholder', () => {
    expect(redactor('')('no key')).toBe('no key');
    expect(redactor('x')('extra text')).toBe('extra text');
  });

  it('makes one short line of what a server says, and finds the key before shortening', () => {
    const quote = quotable(`first\n\u0000second ${'.'.repeat(220)}topsecret`, redactor('topsecret'));
    expect(quote).toMatch(/^first second/);
    expect(quote!.length).toBeLessThanOrEqual(240);
    expect(quote).not.toContain('top');
    expect(quotable('  ', redactor(''))).toBeNull();
    expect(quotable(null, redactor(''))).toBeNull();
  });
});
