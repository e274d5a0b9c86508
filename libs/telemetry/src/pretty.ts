import pinoPretty from 'pino-pretty';

/** A stream that turns JSON lines into ones for people. */
export function pretty(): ReturnType<typeof pinoPretty> {
  return pinoPretty({ ignore: 'pid,hostname,process', translateTime: 'SYS:HH:MM:ss.l' });
}
