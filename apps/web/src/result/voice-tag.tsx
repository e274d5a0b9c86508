import type { Answer } from '@polyphony/client';
import { letter, modelName } from '../wording.js';

/** The answer's letter in its colour; its model's name for those who ask or cannot see colours. */
export function VoiceTag({ answer }: { answer: Answer | undefined }) {
  if (!answer) return null;
  return (
    <span className={`letter small voice-${answer.slot % 8}`} title={modelName(answer.model)}>
      {letter(answer.slot)}
      <span className="visually-hidden"> ({modelName(answer.model)})</span>
    </span>
  );
}
