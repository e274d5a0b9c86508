import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, createParamDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Access, type Principal } from '@polyphony/accounts';
import { Refusal } from '@polyphony/comparisons';
import type { FastifyRequest } from 'fastify';
import { ApiSettings } from '../api-settings.js';
import { isOwnOrigin, presentedToken } from './token.js';

const PUBLIC = 'polyphony:public';
const principals = new WeakMap<FastifyRequest, Principal>();

/** Marks a route that answers without a key. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Hands a controller method the caller the guard has let in. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principals.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (!principal) throw new Refusal('unauthenticated', signInHint);
  return principal;
});

export const signInHint = 'Send a valid API key as "Authorization: Bearer <key>", or sign in.';

/** Lets in whoever presents a valid key or session. The global guard of HTTP routes; sockets ask `Admission` in their handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.admission.admit(request);
    principals.set(request, principal);
    return true;
  }
}

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
      throw new Refusal('forbidden', 'This request came from another site. Set POLYPHONY_PUBLIC_URL if people reach this server under another address.');
    if (changes && principal.role === 'viewer') throw new Refusal('forbidden', 'A viewer may look, but not change anything.');
    return principal;
  }

  async admitAdministrator(request: Pick<FastifyRequest, 'headers' | 'method'>): Promise<Principal> {
    const principal = await this.admit(request);
    if (principal.role !== 'owner' && principal.role !== 'admin') throw new Refusal('forbidden', 'Only administrators may see this.');
    return principal;
  }
}
