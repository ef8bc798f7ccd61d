import {
  Actions,
  Button,
  Card,
  Form,
  Labelled,
  SideLinks,
  TextField,
  wireTime,
} from '../../platform/pages/index.ts'
import { clockPath, homePath } from '../paths.ts'
import { Screen, type Speaking } from './screen.tsx'

export interface ClockPageProps extends Speaking {
  readonly csrf: string
  readonly now: Date
  readonly offsetMilliseconds: number
  /** A number of days that was just refused, and why. */
  readonly refused: { readonly days: string; readonly why: string } | null
}

const STEPS = [
  { hours: 1, text: '+1 hour' },
  { hours: 24, text: '+1 day' },
  { hours: 30 * 24, text: '+30 days' },
  { hours: 90 * 24, text: '+90 days' },
] as const

/** Moves time: what takes ninety days is seen in a second. */
export function ClockPage({ t, csrf, now, offsetMilliseconds, refused }: ClockPageProps) {
  return (
    <Screen
      t={t}
      title="Clock"
      lead="Move the product’s time forward. It never goes back, and it survives a restart."
      failed={refused !== null}
    >
      <Labelled title="The product’s time (UTC)">
        <p class="big-code">
          <time dateTime={now.toISOString()}>{wireTime(now).replace('Z', '')}</time>
        </p>
        <p class="item-text">{aheadOf(offsetMilliseconds)}</p>
      </Labelled>
      <Form action={clockPath} csrf={csrf}>
        <Actions>
          {STEPS.map(({ hours, text }) => (
            <Button key={text} look="secondary" name="hours" value={String(hours)}>
              {text}
            </Button>
          ))}
        </Actions>
      </Form>
      <Card title="By another time">
        <Form action={clockPath} csrf={csrf}>
          <TextField
            name="days"
            label="Days"
            hint="A number above 0, such as 7 or 0.5."
            inputMode="text"
            autocomplete="off"
            maxLength={10}
            value={refused?.days ?? ''}
            error={refused?.why}
          />
          <Button look="secondary">Move</Button>
        </Form>
      </Card>
      <Card title="What follows this clock">
        <p>
          Invitations, codes, sessions, secrets and everything else that ends; background jobs, which run at
          once when they have become due.
        </p>
        <p class="item-text">
          Not the times inside tokens: applications check those with clocks of their own.
        </p>
      </Card>
      <SideLinks links={[{ href: homePath, text: 'Back to the first page' }]} />
    </Screen>
  )
}

const HOUR = 3_600_000

/** In whole hours, since people moved it by hours and days. */
export function aheadOf(milliseconds: number): string {
  const hours = Math.round(milliseconds / HOUR)
  if (hours === 0) return 'The same as this computer’s.'
  const [days, rest] = [Math.floor(hours / 24), hours % 24]
  const parts = [days > 0 ? plural(days, 'day') : '', rest > 0 ? plural(rest, 'hour') : '']
  return `${parts.filter(Boolean).join(' and ')} ahead of this computer.`
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
