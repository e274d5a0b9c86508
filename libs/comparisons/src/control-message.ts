import { Id } from '@polyphony/contracts';
import { z } from 'zod';

/** Sent to every worker: whoever runs one of these answers or steps stops now and closes its upstream call. */
export const ControlMessage = z.object({ stop: z.array(Id) });
export type ControlMessage = z.infer<typeof ControlMessage>;

/** Ids a control message may carry: PostgreSQL limits a notification to 8,000 bytes. */
export const stopPage = 150;
