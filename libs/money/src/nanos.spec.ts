import { Money } from '@polyphony/contracts';
import * as fc from 'fast-check';
import { fromMoney, toMoney } from './nanos.js';

describe('money on the wire', () => {
  it.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [12_300_000n, '0.0123'],
    [1_000_000_000n, '1'],
    [1_500_000_000n, '1.5'],
    [123_456_789_012n, '123.456789012'],
  ])('writes %s nano-dollars as %s', (nanos, money) => {
    expect(toMoney(nanos)).toBe(money);
    expect(fromMoney(money)).toBe(nanos);
  });

  it('reads what needless zeros say as the same amount', () => {
    expect(fromMoney('0.10')).toBe(100_000_000n);
    expect(fromMoney('007.000000000')).toBe(7_000_000_000n);
  });

  it('comes back unchanged and always satisfies the contract', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (nanos) => {
        expect(Money.safeParse(toMoney(nanos)).success).toBe(true);
        expect(fromMoney(toMoney(nanos))).toBe(nanos);
      }),
    );
  });

  it.each(['', '-1', '1e3', '.5', '1.', '1,5', '0.0000000001', ' 1', '$1'])('refuses %j', (text) => {
    expect(() => fromMoney(text)).toThrow(RangeError);
  });

  it('refuses to write a negative amount', () => {
    expect(() => toMoney(-1n)).toThrow(RangeError);
  });
});
