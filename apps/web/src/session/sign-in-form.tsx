import { type FormEvent, useState } from 'react';
import { Mark } from '../shell/mark.js';

interface SignInFormProps {
  message: string | undefined;
  onSignIn: (key: string) => Promise<void>;
}

export function SignInForm({ message, onSignIn }: SignInFormProps) {
  const [key, setKey] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    void onSignIn(key.trim()).finally(() => setBusy(false));
  };
  return (
    <main className="sign-in">
      <form onSubmit={submit} className="sheet">
        <h1 className="brand">
          <Mark />
          Polyphony
        </h1>
        <p className="muted">One question, many models, one ranked result.</p>
        <label htmlFor="key">Your key</label>
        <input
          id="key"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
          value={key}
          onChange={(event) => setKey(event.target.value)}
          aria-describedby="key-help"
        />
        <p id="key-help" className="hint">
          The server prints a link with its key when it starts; the key is also in <code>instance.json</code> in its data
          directory.
        </p>
        {message && (
          <p className="notice bad" role="alert">
            {message}
          </p>
        )}
        <button type="submit" className="button primary" disabled={isBusy || !key.trim()}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}
