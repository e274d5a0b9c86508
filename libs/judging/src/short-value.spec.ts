import { shortValueOf } from './short-value.js';

describe('the short value an answer ends in', () => {
  it.each([
    ['The answer is 42.', '42'],
    ['Some steps.\n\n**Answer: 1,234.50**', '1234.5'],
    ['So $\\boxed{17}$ it is, as shown above.', '17'],
    ['It rises by 5 %, so the result is 5 %', '5%'],
    ['I think so.\nYes.', 'yes'],
    ['The correct answer is (B)', 'B'],
    ['{"b": [1, 2], "a": 1}', '{"a":1,"b":[1,2]}'],
    ['```json\n{"a":1}\n```', '{"a":1}'],
    ['Paris has two million people and is old.', null],
    ['{"broken": ', null],
    ['', null],
  ])('of %j is %j', (text, value) => {
    expect(shortValueOf(text)).toBe(value);
  });
});
