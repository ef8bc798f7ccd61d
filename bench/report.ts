import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Line {
  readonly what: string
  readonly figure: string
  readonly beside: string
  readonly ratio: string
  /** What it must reach, and whether it did; `null` where nothing was promised. */
  readonly bar: { readonly text: string; readonly met: boolean } | null
}

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en-US')}/s`
export const milliseconds = (time: number): string =>
  time >= 100 ? `${Math.round(time).toLocaleString('en-US')} ms` : `${time.toFixed(2)} ms`
export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** A table in Markdown, so that it can be kept as it is. */
export function printTable(lines: readonly Line[]): void {
  const rows = lines.map(({ what, figure, beside, ratio, bar }) => [
    what,
    figure,
    beside,
    ratio,
    bar === null ? '' : `${bar.text}: ${bar.met ? 'met' : 'MISSED'}`,
  ])
  const head = ['What', 'Xenia', 'Beside', 'Ratio', 'Bar']
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const write = (cells: readonly string[]) =>
    console.log(`| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  write(head)
  write(widths.map((width) => '-'.repeat(width)))
  for (const row of rows) write(row)
}

/** What the figures were measured on, and how busy it was with other things. */
export function describeMachine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = Math.round(totalmem() / 2 ** 30)
  const load = loadavg().map((value) => value.toFixed(2))
  return `${availableParallelism()} × ${model}, ${memory} GiB, ${process.platform}, Node ${process.version}; load average before: ${load.join(' ')}`
}
