import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { type BenchDeployment, getToken } from './deployment.ts'
import { median, ratePerSecond } from './statistics.ts'

/** A mail server that takes everything and keeps nothing. */
export async function startMailSink(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onData: (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => done())
    },
  })
  // Programs that are stopped drop their connections.
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has an address.')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

export interface InvitationFigures {
  /** By `POST /invitations`, each with a mail. */
  readonly perSecond: number
  /** From the upload of a file with 500 rows until every row is done. */
  readonly importMilliseconds: number
}

const ROWS = 500
const POLL_MILLISECONDS = 50
const LONGEST_MILLISECONDS = 120_000

export async function measureInvitations(
  { origin, tenants }: BenchDeployment,
  rounds: number,
  seconds: number,
): Promise<InvitationFigures> {
  const [tenant] = tenants
  if (tenant === undefined) throw new Error('There is no tenant.')
  const authorization = `Bearer ${await getToken(origin, tenant)}`
  let guests = 0
  const newAddress = () => {
    guests += 1
    return `guest${guests}@partner.example`
  }

  const inviteOne = async () => {
    const response = await fetch(`${origin}/v1.0/invitations`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({
        invitedUserEmailAddress: newAddress(),
        inviteRedirectUrl: 'https://app.example/',
        sendInvitationMessage: true,
      }),
    })
    if (response.status !== 201) throw new Error(`An invitation was answered ${await response.text()}`)
    await response.arrayBuffer()
  }
  await ratePerSecond(inviteOne, { seconds: 1, loops: 10 })
  const rates: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    rates.push(await ratePerSecond(inviteOne, { seconds, loops: 10 }))
  }

  const importOnce = async () => {
    const template = await (
      await fetch(`${origin}/ext/v1.0/invitations/bulk/template.csv`, { headers: { authorization } })
    ).text()
    const head = template.split('\r\n').slice(0, 2)
    const rows = Array.from({ length: ROWS }, () => `${newAddress()},https://app.example/,true,Welcome`)
    const began = performance.now()
    const accepted = await fetch(`${origin}/ext/v1.0/invitations/bulk`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/csv' },
      body: [...head, ...rows, ''].join('\r\n'),
    })
    if (accepted.status !== 202) throw new Error(`The upload was answered ${await accepted.text()}`)
    // Bulk invitations are a resource of the extension; these are properties of it.
    const { id } = (await accepted.json()) as { readonly id: string }
    for (;;) {
      const response = await fetch(`${origin}/ext/v1.0/invitations/bulk/${id}`, {
        headers: { authorization },
      })
      const { status, invitedCount } = (await response.json()) as {
        readonly status: string
        readonly invitedCount: number
      }
      const milliseconds = performance.now() - began
      if (status === 'completed') {
        if (invitedCount !== ROWS) throw new Error(`Only ${invitedCount} rows were invited.`)
        return milliseconds
      }
      if (milliseconds > LONGEST_MILLISECONDS) throw new Error('The import does not end.')
      await pause(POLL_MILLISECONDS)
    }
  }
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) times.push(await importOnce())
  return { perSecond: median(rates), importMilliseconds: median(times) }
}
