import { describe, expect, test } from 'vitest'
import { openStage } from './stage.ts'
import { devices } from './visitor.ts'

const stage = await openStage()
const { server } = stage

describe.each(devices)('INV-16: unwanted invitations, $name', ({ device }) => {
  test('are blocked from the mail after a code, and allowed again', async () => {
    const address = `kim.${device.width}@mail.example`
    await stage.invite({ address })
    const visitor = await stage.visitor(device)
    const { id } = await stage.invitationTo(address, 1)
    await visitor.goTo(`${server.baseUrl}/dev/mailbox/${id}`)
    await visitor.does('link', 'Block future invitations from Contoso', visitor.page.frameLocator('iframe'))
    await visitor.sees('Invitation mail')
    await visitor.presses('Send code')
    await visitor.sees('Enter the code', address)
    await visitor.types('Code from the email', await stage.codeFor(address))
    await visitor.presses('Continue')
    await visitor.sees('Who may email you invitations', address)
    await visitor.presses(/^Block/)
    await visitor.sees('Who may email you invitations', 'Contoso will not email you invitations any more.')

    const before = await stage.mailsTo(address)
    const { invitedUserId } = await stage.invite({ address })
    expect(invitedUserId).not.toBe('')
    await visitor.presses(/^Unblock/)
    await visitor.sees('Who may email you invitations', 'Contoso may email you invitations again.')
    await stage.invite({ address })
    await stage.invitationTo(address, 2)
    // The one between the two was never sent.
    expect(await stage.mailsTo(address)).toHaveLength(before.length + 1)
    await visitor.leaves()
  })
})
