import { isOwnOrigin, presentedToken } from './token.js';

describe('what a request presents', () => {
  it.each([
    [{ authorization: 'Bearer abc.def' }, { token: 'abc.def', by: 'bearer' }],
    [{ authorization: 'bearer   abc' }, { token: 'abc', by: 'bearer' }],
    [{ cookie: 'polyphony_session=ps_1' }, { token: 'ps_1', by: 'cookie' }],
    [{ cookie: 'theme=dark; polyphony_session=ps_1; x=y' }, { token: 'ps_1', by: 'cookie' }],
    [{ cookie: 'polyphony_session=ps%2B1' }, { token: 'ps+1', by: 'cookie' }],
    [
      { authorization: 'Bearer key', cookie: 'polyphony_session=ps_1' },
      { token: 'key', by: 'bearer' },
    ],
  ])('of %j is %j', (headers, presented) => expect(presentedToken(headers)).toEqual(presented));

  it.each([
    {},
    { authorization: 'Basic abc' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer two words' },
    { cookie: 'polyphony_session=' },
    { cookie: 'polyphony_session_other=x; my_polyphony_session=y' },
    { cookie: ';;=; polyphony_session' },
    { cookie: 'polyphony_session=%E0%A4%A' },
  ])('of %j is nothing', (headers) => expect(presentedToken(headers)).toBeNull());
});

describe('a request comes from a page of ours', () => {
  it.each([
    [{ host: 'compare.example' }, undefined],
    [{ host: 'compare.example', origin: 'https://compare.example' }, undefined],
    [{ host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, undefined],
    [{ host: '10.0.0.7:3000', origin: 'https://compare.example' }, 'https://compare.example/'],
  ])('%j (%s)', (headers, publicUrl) => expect(isOwnOrigin(headers, publicUrl)).toBe(true));

  it.each([
    [{ host: 'compare.example', origin: 'https://evil.example' }, undefined],
    [{ host: 'compare.example', origin: 'https://compare.example.evil.example' }, undefined],
    [{ host: 'localhost:3000', origin: 'http://localhost:4000' }, undefined],
    [{ host: 'compare.example', origin: 'null' }, undefined],
    [{ host: 'compare.example', origin: 'https://compare.example', 'sec-fetch-site': 'cross-site' }, undefined],
    [{ host: '10.0.0.7:3000', origin: 'http://compare.example' }, 'https://compare.example'],
  ])('but not %j (%s)', (headers, publicUrl) => expect(isOwnOrigin(headers, publicUrl)).toBe(false));
});
