/**
 * Whether something that began in this second (Unix time) is young enough. `validFrom` comes from an account's
 * creation, with milliseconds, or from a revocation, at a full second (`endOfSecond`): what began in the second of
 * a creation counts, what began in the second before a full one does not.
 */
export const beganAfter = (unixSeconds: number, validFrom: Date): boolean =>
  unixSeconds >= Math.floor(validFrom.getTime() / 1000)
