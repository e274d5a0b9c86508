import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Access, type Principal } from '@polyphony/accounts';
import { Refusal } from '@polyphony/comparisons';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiSettings } from '../api-settings.js';
import { Caller, Public } from './auth.guard.js';
import { isOwnOrigin, presentedToken, sessionCookie } from './token.js';

const SignIn = z.strictObject({ key: z.string().min(8).max(512) });
const Me = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  workspace: z.object({ id: z.string(), name: z.string() }),
});
const SignedIn = z.object({ user: Me, session: z.object({ token: z.string(), expiresAt: z.string() }) });

@ApiTags('accounts')
@Controller('v1')
export class AuthController {
  constructor(
    private readonly access: Access,
    private readonly settings: ApiSettings,
  ) {}

  @Public()
  @Post('auth/sign-in')
  @HttpCode(200)
  @ApiOperation({ summary: 'Open a session with an API key; a browser gets it as an httpOnly cookie' })
  @ApiResponse({ status: 200, standardSchema: SignedIn })
  async signIn(
    @Body({ schema: SignIn }) body: z.infer<typeof SignIn>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof SignedIn>> {
    if (!isOwnOrigin(request.headers, this.settings.publicUrl))
      throw new Refusal('forbidden', 'Sign in from this server’s own page.');
    const opened = await this.access.signIn(body.key);
    if (!opened) throw new Refusal('unauthenticated', 'This key is not valid.');
    const { principal, session } = opened;
    const maxAge = Math.floor((session.expiresAt.getTime() - Date.now()) / 1000);
    void reply.header('set-cookie', this.cookie(session.token, maxAge));
    return { user: meOf(principal), session: { token: session.token, expiresAt: session.expiresAt.toISOString() } };
  }

  @Public()
  @Post('auth/sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session' })
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const presented = presentedToken(request.headers);
    if (presented && isOwnOrigin(request.headers, this.settings.publicUrl)) await this.access.signOut(presented.token);
    void reply.header('set-cookie', this.cookie('', 0));
  }

  @Get('me')
  @ApiOperation({ summary: 'Who is calling' })
  @ApiResponse({ status: 200, standardSchema: Me })
  me(@Caller() caller: Principal): z.infer<typeof Me> {
    return meOf(caller);
  }

  private cookie(value: string, maxAge: number): string {
    const secure = this.settings.publicUrl?.startsWith('https:') ? '; Secure' : '';
    return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure}`;
  }
}

function meOf({ id, name, role, workspaceId, workspaceName }: Principal): z.infer<typeof Me> {
  return { id, name, role, workspace: { id: workspaceId, name: workspaceName } };
}
