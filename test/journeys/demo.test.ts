import { afterAll, expect, test } from 'vitest'
import { describeDemo } from '../../src/demo/index.ts'
import { launchBrowser } from '../kit/browser.ts'
import { readyDatabase } from '../kit/own-database.ts'
import { freePort } from '../kit/port.ts'
import { testServer } from '../kit/server.ts'
import { claimsShown } from './steps.ts'
import { desk, devices, Visitor } from './visitor.ts'

const [database, browser, port] = await Promise.all([readyDatabase(), launchBrowser(), freePort(4)])
afterAll(() => browser.close())
// What `npm start` does in an empty directory.
const server = await testServer({ PORT: String(port) }, { database, demo: true })
const demo = await describeDemo(server.deployment)
const [contoso, fabrikam] = demo?.tenants ?? []
if (contoso === undefined || fabrikam === undefined) throw new Error('The demo has Contoso and Fabrikam.')
const [maria, jonas] = fabrikam.users

test('from the first page to “signed in as a guest of Contoso with my Fabrikam account” in four clicks', async () => {
  const visitor = await Visitor.arrive(browser, desk)
  await visitor.goTo(server.baseUrl)
  await visitor.sees('Welcome to Xenia', 'A guest in four clicks')
  await visitor.presses('Invite Maria Santos from Fabrikam')
  await visitor.sees('Invitation sent', 'The mail has arrived.')
  // What the page tells: nothing else need be known.
  const password = await visitor.page.getByLabel('Password of Maria Santos').inputValue()
  await visitor.follows('Open the mail')
  await visitor.sees('Adele Vance invited you to Contoso')
  await visitor.does('link', 'Accept invitation', visitor.page.frameLocator('iframe'))
  await visitor.sees('Enter your password', maria?.userPrincipalName)
  await visitor.types('Password', password)
  await visitor.sends()
  await visitor.sees('Review permissions', 'Adele Vance of Contoso invites you as a guest.')
  await visitor.presses('Accept')
  await visitor.sees('Hello Maria Santos', 'Guest of Contoso')

  expect(visitor.clicks).toBe(4)
  expect(visitor.typed).toEqual(['Password'])
  expect(await claimsShown(visitor)).toMatchObject({
    tid: contoso.id,
    acct: '1',
    idp: expect.stringContaining(fabrikam.id),
    preferred_username: maria?.userPrincipalName,
  })
  await visitor.leaves()
})

test('who is a guest already is led to the application instead', async () => {
  const visitor = await Visitor.arrive(browser, desk)
  await visitor.goTo(server.baseUrl)
  await visitor.presses('Invite Maria Santos from Fabrikam')
  await visitor.sees('Maria Santos is a guest already')
  await visitor.follows('Sign in to Contoso Partner Portal')
  await visitor.sees('Enter your password', maria?.userPrincipalName)
  await visitor.leaves()
})

test.each(devices)('anybody else with a mailbox gets in by a code, $name', async ({ device }) => {
  const address = `kim.${device.width}@mail.example`
  const visitor = await Visitor.arrive(browser, device)
  await visitor.goTo(server.baseUrl)
  await visitor.types('Email address', address)
  await visitor.presses('Invite to Contoso')
  await visitor.sees('Invitation sent', 'The mail has arrived.')
  await visitor.follows('Open the mail')
  await visitor.sees('Adele Vance invited you to Contoso')
  await visitor.does('link', 'Accept invitation', visitor.page.frameLocator('iframe'))
  await visitor.sees('Enter the code', address)
  const mailbox = await visitor.besides()
  await mailbox.goTo(`${server.baseUrl}/dev/mailbox?to=${address}`)
  await mailbox.sees('Development mailbox')
  await mailbox.follows('Your code for Contoso')
  await mailbox.sees('Your code for Contoso')
  const code = mailbox.page.frameLocator('iframe').getByText(/^\d{8}$/)
  await visitor.types('Code from the email', await code.innerText())
  await visitor.presses('Sign in')
  await visitor.sees('Review permissions')
  await visitor.presses('Accept')
  await visitor.sees(/^Hello /, 'Guest of Contoso')
  await visitor.leaves()
})

test('a member signs in to the application of their own organization', async () => {
  const visitor = await Visitor.arrive(browser, desk)
  await visitor.goTo(server.baseUrl)
  await visitor.follows('Fabrikam Travel Desk')
  await visitor.sees('Sign in', 'to continue to Fabrikam Travel Desk')
  await visitor.types('Email or username', jonas?.userPrincipalName ?? '')
  await visitor.presses('Next')
  await visitor.types('Password', jonas?.password ?? '')
  await visitor.presses('Sign in')
  await visitor.sees('Stay signed in?')
  await visitor.presses('No')
  await visitor.sees('Hello Jonas Weber', 'Member of Fabrikam')
  await visitor.leaves()
})

test('the clock moves', async () => {
  const visitor = await Visitor.arrive(browser, desk)
  await visitor.goTo(server.baseUrl)
  await visitor.follows(/^Clock/)
  await visitor.sees('Clock', 'The same as this computer’s.')
  await visitor.presses('+30 days')
  await visitor.sees('Clock', '30 days ahead of this computer.')
  await visitor.leaves()
})
