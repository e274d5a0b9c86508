/** A reason not to run that the person at the terminal can act on. The message is one plain sentence, without secrets. */
export class Refusal extends Error {
  name = 'Refusal';
}
