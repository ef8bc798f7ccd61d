import { describe, expect, test } from 'vitest'
import { openStage } from './stage.ts'
import { signInHere } from './steps.ts'
import { desk, devices, type Visitor } from './visitor.ts'

const stage = await openStage()
const { contoso, adele, application, server } = stage
const MINUTE = 60_000

describe.each(devices)('a member of Contoso, $name', ({ device }) => {
  test('may mistype everything once, and is in the application', async () => {
    const visitor = await stage.visitor(device)
    await visitor.goTo(application.signInUrl)
    await visitor.sees('Sign in')
    await visitor.presses('Next')
    await visitor.sees('Sign in', 'Enter your email address or username.')
    await visitor.types('Email or username', `adele@${contoso.domain}`)
    await visitor.presses('Next')
    await visitor.sees('Enter your password', `adele@${contoso.domain}`)
    await visitor.types('Password', 'not this one')
    await visitor.presses('Sign in')
    await visitor.sees('Enter your password', 'This account and password do not go together.')
    await visitor.follows(/^Change/)
    await signInHere(visitor, adele.address)
    await visitor.sees('Stay signed in?')
    await visitor.presses('No')
    await visitor.sees('Hello Adele Vance', 'Member of Contoso')
    await visitor.leaves()
  })
})

describe('LCK-1: too many wrong passwords', () => {
  test('show the same page whether the account exists or not, and end by themselves', async () => {
    const otto = await stage.newPerson(contoso, 'Otto Lang')
    const nobody = `nobody@${contoso.domain}`
    const known = await stage.visitor(desk)
    const unknown = await stage.visitor(desk)
    expect((await lockOut(unknown, nobody)).replaceAll(nobody, '')).toBe(
      (await lockOut(known, otto.address)).replaceAll(otto.address, ''),
    )

    server.clock.advance(2 * MINUTE)
    await known.follows('Try again')
    await known.sees('Enter your password')
    await known.types('Password', 'seven green llamas')
    await known.presses('Sign in')
    await known.sees('Stay signed in?')
    await Promise.all([known.leaves(), unknown.leaves()])
  })
})

/** All that the page says, its numbers of this one request aside. */
async function lockOut(visitor: Visitor, address: string): Promise<string> {
  await visitor.goTo(application.signInUrl)
  await visitor.sees('Sign in')
  await visitor.types('Email or username', address)
  await visitor.presses('Next')
  const title = visitor.page.getByRole('heading', { level: 1 })
  for (let tries = 0; tries < 12 && (await title.innerText()) !== 'Sign-in is paused'; tries += 1) {
    await visitor.types('Password', `wrong ${tries}`)
    await Promise.all([visitor.page.waitForEvent('domcontentloaded'), visitor.presses('Sign in')])
  }
  await visitor.sees('Sign-in is paused', address)
  return visitor.page.getByRole('main').innerText()
}
