import { once } from 'node:events'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { onTestFinished } from 'vitest'

export interface ScriptedServer {
  readonly url: string
  readonly port: number
  readonly received: ParsedMail[]
  /** The answer to the next recipients, e.g. `{ code: 450, text: 'later' }`; `null` takes them. */
  refuse: (address: string) => { readonly code: number; readonly text: string } | null
  close(): Promise<void>
}

/** A real SMTP server that answers as the test says; closed with the test. Port 0: a free one. */
export async function scriptedServer(
  port = 0,
  options: { authOnly?: boolean } = {},
): Promise<ScriptedServer> {
  const received: ParsedMail[] = []
  const server = new SMTPServer({
    authOptional: options.authOnly !== true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 50,
    onAuth: (_auth, _session, done) => done(new Error('Wrong password')),
    onRcptTo: ({ address }, _session, done) => {
      const answer = scripted.refuse(address)
      done(answer === null ? null : Object.assign(new Error(answer.text), { responseCode: answer.code }))
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        received.push(mail)
        done()
      }, done)
    },
  })
  server.on('error', () => {})
  const listening = server.listen(port, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const scripted: ScriptedServer = {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    refuse: () => null,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
  onTestFinished(() => scripted.close())
  return scripted
}

/** A port of the loopback interface on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await scriptedServer()
  await server.close()
  return server.port
}
