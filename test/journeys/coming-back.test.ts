import { describe, expect, test } from 'vitest'
import { openStage } from './stage.ts'
import { becomeGuest, signInAtHome, signInHere } from './steps.ts'
import { desk, devices } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam, adele, application, server } = stage

describe.each(devices)('coming back, $name', ({ device }) => {
  test('a guest who left the browser open is still signed in: no screens', async () => {
    const maria = await stage.newPerson(fabrikam, `Maria ${device.scripts ? 'Santos' : 'Plain'}`)
    const visitor = await stage.visitor(device)
    await becomeGuest(stage, visitor, maria)
    await visitor.forgetsSite(application.origin)
    visitor.screens.length = 0

    await visitor.goTo(application.origin)
    await visitor.sees('Welcome')
    await visitor.follows('Sign in')
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
    expect(visitor.screens).toEqual(['Welcome', `Hello ${maria.name}`])
    await visitor.leaves()
  })

  test('SES-1: a member is asked whether to stay signed in, and whoever does is after closing the browser', async () => {
    const visitor = await stage.visitor(device)
    await visitor.goTo(application.signInUrl)
    await signInHere(visitor, adele.address)
    await visitor.sees('Stay signed in?')
    await visitor.presses('Yes')
    await visitor.sees('Hello Adele Vance', 'Member of Contoso')
    await visitor.closesBrowser()
    await visitor.goTo(application.signInUrl)
    await visitor.sees('Hello Adele Vance')
    await visitor.leaves()
  })
})

test('SES-1: who does not stay signed in is asked again after closing the browser', async () => {
  const visitor = await stage.visitor(desk)
  await visitor.goTo(application.signInUrl)
  await signInHere(visitor, adele.address)
  await visitor.sees('Stay signed in?')
  await visitor.presses('No')
  await visitor.sees('Hello Adele Vance')
  await visitor.closesBrowser()
  await visitor.goTo(application.signInUrl)
  await visitor.sees('Sign in')
  await visitor.leaves()
})

test('a guest who closed the browser types one address and is sent home for the rest', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Closing')
  const visitor = await stage.visitor(desk)
  await becomeGuest(stage, visitor, maria)
  await visitor.closesBrowser()
  await visitor.goTo(application.signInUrl)
  await visitor.sees('Sign in')
  await visitor.types('Email or username', maria.address)
  await visitor.presses('Next')
  await signInAtHome(visitor)
  await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
  await visitor.leaves()
})

describe('signing out', () => {
  test('in the application signs out of Contoso, too: the next sign-in begins anew', async () => {
    const visitor = await stage.visitor(desk)
    await visitor.goTo(application.signInUrl)
    await signInHere(visitor, adele.address)
    await visitor.sees('Stay signed in?')
    await visitor.presses('Yes')
    await visitor.sees('Hello Adele Vance')
    await visitor.presses('Sign out')
    await visitor.sees('Sign out?', 'Adele Vance')
    await visitor.presses('Sign out')
    await visitor.sees('You are signed out', 'See you soon.')
    await visitor.follows('Sign in again')
    await visitor.sees(/^(Sign in|Pick an account)$/)
    await visitor.leaves()
  })

  test('on the page about one’s organizations works the same way', async () => {
    const maria = await stage.newPerson(fabrikam, 'Maria Leaving')
    const visitor = await stage.visitor(desk)
    await becomeGuest(stage, visitor, maria)
    await visitor.goTo(`${server.baseUrl}/${contoso.id}/my-organizations`)
    await visitor.sees('My organizations', 'Fabrikam')
    await visitor.presses('Sign out')
    await visitor.sees('Sign out?')
    await visitor.presses('Sign out')
    await visitor.sees('You are signed out')
    await visitor.goTo(application.signInUrl)
    await visitor.sees('Sign in')
    await visitor.leaves()
  })
})
