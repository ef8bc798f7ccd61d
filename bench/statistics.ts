/** The value that `share` of all others do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  if (value === undefined) throw new RangeError('A quantile of nothing.')
  return value
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/**
 * Measures several things in turn, A B A B …, after one unmeasured turn each: on a machine that does other work,
 * too, both sides meet the same weather, so their ratio is worth more than either figure.
 */
export async function alternate<const T>(
  rounds: number,
  sides: { readonly [K in keyof T]: () => Promise<T[K]> },
): Promise<{ readonly [K in keyof T]: readonly T[K][] }> {
  const names = Object.keys(sides) as (keyof T)[]
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [K in keyof T]: T[K][]
  }
  for (let round = -1; round < rounds; round += 1) {
    for (const name of names) {
      const value = await sides[name]()
      if (round >= 0) measured[name].push(value)
    }
  }
  return measured
}

/** Repeats `work` in some loops at once and returns how often it ran in a second. */
export async function ratePerSecond(
  work: () => Promise<unknown>,
  { seconds, loops }: { readonly seconds: number; readonly loops: number },
): Promise<number> {
  let done = 0
  const began = performance.now()
  const until = began + seconds * 1000
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (performance.now() < until) {
        await work()
        done += 1
      }
    }),
  )
  return (done * 1000) / (performance.now() - began)
}
