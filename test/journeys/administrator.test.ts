import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { stateOf } from './logs.ts'
import { openStage } from './stage.ts'
import { acceptInMail, signInAtHome, signInHere } from './steps.ts'
import { type Device, desk, devices, type Visitor } from './visitor.ts'

const stage = await openStage()
const { contoso, fabrikam, adele, application, server } = stage
const pages = `${server.baseUrl}/${contoso.id}/admin/invitations`

async function adeleAt(device: Device): Promise<Visitor> {
  const visitor = await stage.visitor(device)
  await visitor.goTo(pages)
  await signInHere(visitor, adele.address)
  await visitor.sees('Stay signed in?')
  await visitor.presses('No')
  await visitor.sees('Invitations')
  return visitor
}

describe.each(devices)('the administrator in the browser, $name', ({ device }) => {
  test('invites one person, who gets in, and sees it in the list', async () => {
    const maria = await stage.newPerson(fabrikam, `Maria ${device.scripts ? 'Santos' : 'Plain'}`)
    const administrator = await adeleAt(device)
    await administrator.follows('Invite someone')
    await administrator.sees('Invite someone', 'Contoso keeps no password for them.')
    await administrator.types('Email address', maria.address)
    await administrator.types('Display name (optional)', maria.name)
    await administrator.types('Where they land after accepting', application.signInUrl)
    await administrator.presses('Invite')
    await administrator.sees(`${maria.address} is invited`, 'The mail is on its way.')

    const visitor = await stage.visitor(device)
    await acceptInMail(stage, visitor, maria.address)
    await signInAtHome(visitor)
    await visitor.sees('Review permissions', 'Adele Vance of Contoso invites you as a guest.')
    await visitor.presses('Accept')
    await visitor.sees(`Hello ${maria.name}`, 'Guest of Contoso')
    await visitor.leaves()

    await administrator.follows('All invitations')
    await administrator.sees('Invitations')
    await administrator.rowOf(maria.address, /Accepted · invited by Adele Vance/)
    await administrator.leaves()
  })

  test('INV-1: invites many by a file, with a bad row in the middle', async () => {
    const [first, last] = [
      await stage.newPerson(fabrikam, `Fileone ${device.width}`),
      await stage.newPerson(fabrikam, `Filetwo ${device.width}`),
    ]
    const administrator = await adeleAt(device)
    await administrator.follows('Invite many from a file')
    await administrator.sees('Invite many from a file')
    const template = await templateFor(administrator)
    const rows = [first.address, 'nonsense', last.address].map(
      (address) => `${address},${application.signInUrl},true,`,
    )
    await administrator.page.getByLabel('Your file').setInputFiles({
      name: 'partners.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([...template.slice(0, 2), ...rows, ''].join('\r\n')),
    })
    // Where scripts run, a chosen file is checked at once.
    if (!device.scripts) await administrator.presses('Check the file')
    await administrator.sees('Check of partners.csv', '2 people can be invited.')
    await administrator.presses('Invite 2 people')
    await administrator.sees('Invitations from partners.csv')
    await administrator.refreshesUntil('All rows are done.')
    await administrator.sees('Invitations from partners.csv', 'Invited: 2. Accepted before: 0. Failed: 1.')
    await administrator.leaves()

    const visitor = await stage.visitor(device)
    await acceptInMail(stage, visitor, last.address)
    await signInAtHome(visitor)
    await visitor.sees('Review permissions')
    await visitor.presses('Accept')
    await visitor.sees(/^Hello /, 'Guest of Contoso')
    await visitor.leaves()
  })
})

/** The lines of the file that the page offers, as a person opens it. */
async function templateFor({ page }: Visitor): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the template (CSV)' }).click(),
  ])
  return (await readFile(await download.path(), 'utf8')).split('\r\n')
}

test('INV-17, INV-18: an invitation is sent again, and then revoked: its links are dead, and say no more', async () => {
  const maria = await stage.newPerson(fabrikam, 'Maria Revoked')
  const { invitedUserId } = await stage.invite(maria)
  const administrator = await adeleAt(desk)
  await administrator.presses(`Send again invitation of ${maria.address}`)
  await administrator.sees('Invitations', 'The invitation was sent again.')
  await stage.invitationTo(maria.address, 2)
  await administrator.presses(`Revoke invitation of ${maria.address}`)
  await administrator.sees('Invitations', 'The invitation was revoked.')

  const visitor = await stage.visitor(desk)
  await acceptInMail(stage, visitor, maria.address, 2)
  await visitor.sees('This invitation can’t be used', 'The link is incomplete or no longer valid.')
  expect(await stateOf(contoso, invitedUserId)).toBe('PendingAcceptance')
  await Promise.all([visitor.leaves(), administrator.leaves()])
})

test('a member without a role may invite, and sees no list', async () => {
  const otto = await stage.newPerson(contoso, 'Otto Lang')
  const visitor = await stage.visitor(desk)
  await visitor.goTo(pages)
  await signInHere(visitor, otto.address)
  await visitor.sees('Stay signed in?')
  await visitor.presses('No')
  await visitor.sees('You cannot see this', 'You can still invite people yourself.')
  await visitor.leaves()
})

test('mistakes in the form come back with what was typed', async () => {
  const visitor = await adeleAt(desk)
  await visitor.follows('Invite someone')
  await visitor.sees('Invite someone')
  await visitor.types('Email address', 'maria+sales@fabrikam.example')
  await visitor.types('Where they land after accepting', 'http://partners.contoso.example')
  await visitor.presses('Invite')
  await visitor.sees('Invite someone', /Error:|Please correct/)
  expect(await visitor.page.getByLabel('Email address').inputValue()).toBe('maria+sales@fabrikam.example')
  await visitor.leaves()
})
