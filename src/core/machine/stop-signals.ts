/** The signals by which schedulers, terminals and people ask a long command to stop. */
export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
