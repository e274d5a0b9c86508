import { type CanActivate, type ExecutionContext, Injectable, SetMetadata, createParamDecorator } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Principal } from '@polyphony/accounts';
import { Refusal } from '@polyphony/comparisons';
import type { FastifyRequest } from 'fastify';
import { Admission, signInHint } from './admission.js';

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

/** Lets in whoever presents a valid key or session. The global guard of HTTP routes; sockets ask `Admission` in their handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly admission: Admission,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true; // a socket has no request: its gateway knows who it is from the handshake
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = await this.admission.admit(request);
    principals.set(request, principal);
    return true;
  }
}
