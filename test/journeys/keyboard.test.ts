import { expect, test } from 'vitest'
import { PASSWORD } from '../conformance/organisation.fixture.ts'
import { openStage } from './stage.ts'
import { desk, type Visitor } from './visitor.ts'

const stage = await openStage()
const { fabrikam, adele, application, server } = stage

/** More stops than any of these pages has. */
const MOST_STOPS = 40

/** Walks with the Tab key until the focus is on something called so; fails where no walk leads. */
async function walkTo({ page }: Visitor, name: RegExp): Promise<void> {
  const heard: string[] = []
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    const focused = await nameOfFocus(page)
    if (name.test(focused)) return
    heard.push(focused)
    await page.keyboard.press('Tab')
  }
  throw new Error(`No way to ${name}, only to: ${heard.join(' | ')}`)
}

/** What has the focus, in the page or in the frame of a mail: its label or its text. */
async function nameOfFocus(page: Visitor['page']): Promise<string> {
  // A string, because it runs in the browser, not here.
  const name = `(() => {
    const focused = document.activeElement
    if (focused === null || focused === document.body) return ''
    return (focused.labels?.[0]?.textContent ?? focused.getAttribute('aria-label') ?? focused.textContent).trim()
  })()`
  const names = await Promise.all(page.frames().map((frame) => frame.evaluate(name)))
  return names.map(String).find((each) => each !== '') ?? ''
}

test('from the mail to the application without a mouse', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Santos')
  await stage.invite(maria)
  const visitor = await stage.visitor(desk)
  const { keyboard } = visitor.page
  const { id } = await stage.invitationTo(maria.address, 1)
  await visitor.goTo(`${server.baseUrl}/dev/mailbox/${id}`)
  await walkTo(visitor, /^Accept invitation$/)
  await keyboard.press('Enter')

  await visitor.sees('Enter your password')
  // The field has the focus already; nobody has to look for it.
  expect(await nameOfFocus(visitor.page)).toBe('Password')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await visitor.sees('Review permissions')
  await walkTo(visitor, /^Accept$/)
  await keyboard.press('Space')
  await visitor.sees('Hello Maria Santos', 'Guest of Contoso')
  expect(visitor.clicks).toBe(0)
  await visitor.leaves()
})

test('a wrong password and another name are corrected without a mouse, too', async () => {
  const visitor = await stage.visitor(desk)
  const { keyboard } = visitor.page
  await visitor.goTo(application.signInUrl)
  await visitor.sees('Sign in')
  expect(await nameOfFocus(visitor.page)).toBe('Email or username')
  await keyboard.type('adele@contoso.example')
  await keyboard.press('Enter')
  await visitor.sees('Enter your password')
  await keyboard.type('wrong')
  await keyboard.press('Enter')
  await visitor.sees('Enter your password', 'This account and password do not go together.')
  expect(await nameOfFocus(visitor.page)).toBe('Password')
  await walkTo(visitor, /^Change/)
  await keyboard.press('Enter')
  await visitor.sees('Sign in')
  expect(await nameOfFocus(visitor.page)).toBe('Email or username')
  await keyboard.press('Control+A')
  await keyboard.type(adele.address)
  await keyboard.press('Enter')
  await visitor.sees('Enter your password', adele.address)
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await visitor.sees('Stay signed in?')
  await walkTo(visitor, /^No$/)
  await keyboard.press('Enter')
  await visitor.sees('Hello Adele Vance', 'Member of Contoso')
  expect(visitor.clicks).toBe(0)
  await visitor.leaves()
})
