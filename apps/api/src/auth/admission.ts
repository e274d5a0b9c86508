import { Injectable } from '@nestjs/common';
import { Access, type Principal } from '@polyphony/accounts';
import { Refusal } from '@polyphony/comparisons';
import type { FastifyRequest } from 'fastify';
import { ApiSettings } from '../api-settings.js';
import { isOwnOrigin, presentedToken } from './token.js';

export const signInHint = 'Send a valid API key as "Authorization: Bearer <key>", or sign in.';

/** Decides who a request comes from, and whether that caller may do this kind of thing at all. */
@Injectable()
export class Admission {
  constructor(
    private readonly access: Access,
    private readonly settings: ApiSettings,
  ) {}

  /** The caller; throws a Refusal when there is none, or when another site's page speaks through the caller's browser. */
  async admit(request: Pick<FastifyRequest, 'headers' | 'method'>): Promise<Principal> {
    const presented = presentedToken(request.headers);
    const principal = presented && (await this.access.authenticate(presented.token));
    if (!principal) throw new Refusal('unauthenticated', signInHint);
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes && presented.by === 'cookie' && !isOwnOrigin(request.headers, this.settings.publicUrl))
      throw new Refusal(
        'forbidden',
        'This request came from another site. Set POLYPHONY_PUBLIC_URL if people reach this server under another address.',
      );
    if (changes && principal.role === 'viewer') throw new Refusal('forbidden', 'A viewer may look, but not change anything.');
    return principal;
  }

  async admitAdministrator(request: Pick<FastifyRequest, 'headers' | 'method'>): Promise<Principal> {
    const principal = await this.admit(request);
    if (principal.role !== 'owner' && principal.role !== 'admin')
      throw new Refusal('forbidden', 'Only administrators may see this.');
    return principal;
  }
}
