const SHAPES = {
  alert: 'M10 6v5M10 14h.01M10 2.5l8 14H2z',
  check: 'M4 10.5l4 4 8-9',
  chevron: 'M7.5 4.5l6 5.5-6 5.5',
  clock: 'M10 5.5V10l3 2M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z',
  code: 'M3 5.5h14v9H3zM3.5 6l6.5 5 6.5-5',
  cross: 'M5 5l10 10M15 5L5 15',
  device: 'M3 4h14v9H3zM7 16.5h6M10 13v3.5',
  info: 'M10 9v5M10 6h.01M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z',
  key: 'M12.5 3a4.5 4.5 0 1 0 1.5 8.7L12.5 3zM9 11l-6 6M5.5 14.5l2 2',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  mail: 'M3 5h14v10.5H3zM3.5 5.5l6.5 5.5 6.5-5.5',
  organization: 'M4 17V3.5h8V17M12 8h4.5v9M2.5 17h15M7 7h2M7 10h2M7 13h2',
  person: 'M10 10a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5zM3.5 17c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5',
  plus: 'M10 4v12M4 10h12',
} as const

export type IconName = keyof typeof SHAPES

/** Always decorative: the meaning stands in words beside it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  )
}
