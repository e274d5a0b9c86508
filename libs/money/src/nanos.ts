import type { Money } from '@polyphony/contracts';

/** An amount in integer nano-dollars (1 USD = 10⁹), never a float. */
export type Nanos = bigint;

const nanosPerDollar = 1_000_000_000n;

/** The wire form of an amount: a plain decimal in USD without needless zeros. A known zero is `"0"`. Throws on a negative amount. */
export function toMoney(nanos: Nanos): Money {
  if (nanos < 0n) throw new RangeError('money on the wire cannot be negative');
  const fraction = (nanos % nanosPerDollar).toString().padStart(9, '0').replace(/0+$/, '');
  const dollars = (nanos / nanosPerDollar).toString();
  return fraction ? `${dollars}.${fraction}` : dollars;
}

/** Reads the wire form exactly. Throws a RangeError on anything that is not a plain decimal with at most nine decimals. */
export function fromMoney(money: Money): Nanos {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(money);
  if (!match) throw new RangeError('money must be a plain decimal in USD with at most nine decimals, such as "0.25"');
  return BigInt(match[1]!) * nanosPerDollar + BigInt((match[2] ?? '').padEnd(9, '0'));
}
