import { AskForm } from './ask/ask-form.js';
import { ComparisonView } from './comparison/comparison-view.js';
import { SignInForm } from './session/sign-in-form.js';
import { useSession } from './session/use-session.js';
import { comparisonIdIn, usePath } from './shell/path.js';
import { Shell } from './shell/shell.js';

export function App() {
  const { session, signIn, signOut, retry } = useSession();
  const path = usePath();
  switch (session.state) {
    case 'unknown':
      return <p className="splash" role="status" aria-label="Loading" />;
    case 'unreachable':
      return (
        <div className="splash" role="alert">
          <p>{session.message}</p>
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        </div>
      );
    case 'out':
      return <SignInForm message={session.message} onSignIn={signIn} />;
    case 'in': {
      const id = comparisonIdIn(path);
      return (
        <Shell person={session.person} currentId={id} onSignOut={signOut}>
          {id ? <ComparisonView key={id} id={id} /> : <AskForm />}
        </Shell>
      );
    }
  }
}
