/** SIGTERM, SIGUSR1 and SIGINT as a question that long work asks between two steps. */

/** Whether a scheduler or a person has asked to stop; a second SIGINT exits at once. */
export function stopOnSignal(): { asked: () => boolean; release: () => void } {
  let asked = false;
  const signals = ['SIGTERM', 'SIGUSR1', 'SIGINT'] as const;
  const hear = (signal: NodeJS.Signals) => {
    if (asked && signal === 'SIGINT') process.exit(130);
    asked = true;
  };
  for (const signal of signals) process.on(signal, hear);
  return {
    asked: () => asked,
    release: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
