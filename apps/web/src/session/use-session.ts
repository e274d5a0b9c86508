import type { Person } from '@polyphony/client';
import { useCallback, useEffect, useState } from 'react';
import { client, explain, isSignedOut } from '../client.js';

export type SessionState =
  | { state: 'unknown' }
  | { state: 'in'; person: Person }
  | { state: 'out'; message: string | undefined }
  | { state: 'unreachable'; message: string };

/** Who is signed in: by the key in the address's `#key=…` (taken out of it at once), or by the cookie. */
export function useSession() {
  const [session, setSession] = useState<SessionState>({ state: 'unknown' });

  const load = useCallback(async (key: string | undefined) => {
    try {
      if (key) await client.signIn(key);
      setSession({ state: 'in', person: await client.whoAmI() });
    } catch (error) {
      if (isSignedOut(error)) setSession({ state: 'out', message: key ? explain(error) : undefined });
      else setSession({ state: 'unreachable', message: explain(error) });
    }
  }, []);

  useEffect(() => {
    void load(takeKeyFromAddress());
  }, [load]);

  const signOut = useCallback(async () => {
    await client.signOut().catch(() => undefined);
    setSession({ state: 'out', message: undefined });
  }, []);

  return { session, signIn: load, signOut, retry: () => void load(undefined) };
}

function takeKeyFromAddress(): string | undefined {
  const key = new URLSearchParams(window.location.hash.slice(1)).get('key');
  if (key === null) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return key || undefined;
}
