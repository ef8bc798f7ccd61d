import { afterAll, describe, expect, test } from 'vitest'
import { assignRole } from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { file, url } from '../csv.fixture.ts'
import { type Organization, testWorld } from '../world.fixture.ts'
import { CSRF, posted, servePages, upload } from './pages.fixture.ts'

const world = testWorld()
const pages = await servePages(world)
afterAll(async () => {
  await pages.app.close()
  await pages.jobs.stop(0)
})

/** An organisation whose administrator is signed in. */
async function scene(): Promise<{ contoso: Organization; base: string }> {
  const contoso = await world.organization()
  await contoso.ctx.db.transaction((tx) =>
    assignRole(contoso.ctx, tx, directoryRoleTemplates.userAdministrator, contoso.admin.id),
  )
  pages.user = contoso.admin
  return { contoso, base: `/${contoso.tenant.id}/admin/invitations` }
}

const get = (path: string) => pages.app.inject({ method: 'GET', url: path })
const post = (path: string, form: ReturnType<typeof posted>) =>
  pages.app.inject({ method: 'POST', url: path, ...form })

const inviting = (more: Readonly<Record<string, string>> = {}) =>
  posted({ address: 'maria@fabrikam.example', redirectUrl: url, type: 'Guest', send: 'on', ...more })

describe('inviting one person', () => {
  test('INV-1: the form invites as the API does, and the list shows it', async () => {
    const { contoso, base } = await scene()
    expect((await get(`${base}/new`)).body).toContain('name="address"')
    const answer = await post(`${base}/new`, inviting({ name: 'Maria', message: 'Welcome' }))
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('maria@fabrikam.example is invited')
    // The link is in the mail, and nowhere else.
    expect(answer.body).not.toContain('/redeem?rd=')
    const [mail] = await contoso.outbox()
    expect(mail?.text).toContain('> Welcome')
    const list = await get(base)
    expect(list.body).toContain('maria@fabrikam.example')
    expect(list.body).toContain('Waiting for acceptance')
    expect((await contoso.audits()).at(-1)).toMatchObject({ initiator: contoso.admin.id })
  })

  test('without mail the link is shown, to be passed on', async () => {
    const { contoso, base } = await scene()
    const answer = await post(`${base}/new`, posted({ address: 'maria@fabrikam.example', redirectUrl: url }))
    expect(answer.body).toContain('https://login.xenia.test/redeem?rd=')
    expect(await contoso.outbox()).toEqual([])
  })

  test('INV-3, INV-4: a refused form comes back as it was, with the error at its field, and is on record', async () => {
    const { contoso, base } = await scene()
    const answer = await post(`${base}/new`, inviting({ address: 'a+b@fabrikam.example', name: '<b>Maria' }))
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('id="field-address-error"')
    expect(answer.body).toContain('value="a+b@fabrikam.example"')
    expect(answer.body).toContain('&lt;b>Maria')
    expect(answer.body).not.toContain('<b>Maria')
    const missing = await post(`${base}/new`, inviting({ redirectUrl: '' }))
    expect(missing.body).toContain('id="field-redirectUrl-error"')
    expect(await contoso.count('invitations')).toBe(0)
    const results = (await contoso.audits()).filter(({ service }) => service === 'Invited Users')
    expect(results.map(({ result }) => result)).toEqual(['failure', 'failure'])
  })

  test('INV-5: a member by somebody who may not is refused on the page', async () => {
    const { contoso, base } = await scene()
    pages.user = await contoso.person('bela')
    const answer = await post(`${base}/new`, inviting({ type: 'Member' }))
    expect(answer.statusCode).toBe(400)
    expect(answer.body).toContain('User Administrator')
    expect(await contoso.count('invitations')).toBe(0)
  })
})

describe('the list', () => {
  test('INV-17, INV-18: sends again and revokes', async () => {
    const { contoso, base } = await scene()
    await post(`${base}/new`, inviting())
    const id = /\/invitations\/([0-9a-f-]{36})\/resend/.exec((await get(base)).body)?.[1] ?? ''
    const again = await post(`${base}/${id}/resend`, posted({}))
    expect([again.statusCode, again.headers.location]).toEqual([303, `${base}?done=resent`])
    expect((await get(`${base}?done=resent`)).body).toContain('was sent again')
    expect(await contoso.outbox()).toHaveLength(2)
    expect((await post(`${base}/${id}/revoke`, posted({}))).statusCode).toBe(303)
    const list = (await get(base)).body
    expect(list).toContain('Revoked')
    expect(list).not.toContain(`${id}/resend`)
    const late = await post(`${base}/${id}/revoke`, posted({}))
    expect(late.statusCode).toBe(400)
    expect(late.body).toContain('there is nothing to revoke')
    expect((await get(`${base}?show=pendingAcceptance`)).body).toContain('No invitations here')
    expect((await get(`${base}?show=revoked`)).body).toContain('maria@fabrikam.example')
  })

  test('goes on page by page', async () => {
    const { contoso, base } = await scene()
    const send = contoso.asAdmin()
    for (let n = 0; n < 27; n += 1) {
      await send('POST /invitations', {
        body: { invitedUserEmailAddress: `guest${n}@fabrikam.example`, inviteRedirectUrl: url },
      })
      world.deployment.clock.advance(1000)
    }
    const first = (await get(base)).body
    const older = /href="([^"]*before=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const second = (await get(older)).body
    const shown = (body: string) =>
      [...body.matchAll(/guest(\d+)@fabrikam\.example<\/p>/g)].map(([, n]) => Number(n))
    expect([...shown(first), ...shown(second)]).toEqual(Array.from({ length: 27 }, (_, n) => 26 - n))
  })

  test('is for administrators and Guest Inviters; inviting is for all', async () => {
    const { contoso, base } = await scene()
    pages.user = await contoso.person('bela')
    expect((await get(base)).statusCode).toBe(403)
    expect((await get(`${base}/new`)).statusCode).toBe(200)
  })
})

describe('a file', () => {
  const rows = file(`maria@fabrikam.example,${url},true,Hello`, `nonsense,${url},true,`)

  test('is checked with line numbers before anything happens, then submitted as it was checked', async () => {
    const { contoso, base } = await scene()
    const checked = await pages.app.inject({
      method: 'POST',
      url: `${base}/bulk/check`,
      ...upload({ csrf: CSRF }, { name: 'partners.csv', text: rows }),
    })
    expect(checked.statusCode).toBe(200)
    expect(checked.body).toContain('1 person can be invited.')
    expect(checked.body).toMatch(/<th scope="row">nonsense<\/th><td data-label="Line">4</)
    expect(await contoso.count('bulk_invitations')).toBe(0)

    const submitted = await pages.app.inject({
      method: 'POST',
      url: `${base}/bulk`,
      // Browsers turn line breaks in fields into CRLF.
      ...upload({ csrf: CSRF, fileName: 'partners.csv', csv: rows.replaceAll('\n', '\r\n') }),
    })
    expect(submitted.statusCode).toBe(303)
    const progress = String(submitted.headers.location)
    expect((await get(progress)).body).toContain('1 of 2 rows done')
    await pages.jobs.runPending({ tenantId: contoso.tenant.id })
    const finished = (await get(progress)).body
    expect(finished).toContain('All rows are done.')
    expect(finished).toContain('Invited: 1. Accepted before: 0. Failed: 1.')
    expect(finished).not.toContain('data-running')
    const results = await get(`${progress}/results.csv`)
    expect(results.headers['content-disposition']).toMatch(/^attachment; filename="invitations-/)
    expect(results.body).toContain('maria@fabrikam.example,invited')
    expect((await get(`${base}/bulk`)).body).toContain('partners.csv')
  })

  test('that cannot be used says why; none at all says so', async () => {
    const { base } = await scene()
    const check = (text: string) =>
      pages.app.inject({
        method: 'POST',
        url: `${base}/bulk/check`,
        ...upload({ csrf: CSRF }, { name: 'x.csv', text }),
      })
    expect((await check('nonsense')).body).toContain('Row 1 of the file must be version:v1.0')
    expect((await check('')).body).toContain('Choose a file first.')
    const large = await check('x'.repeat(4 * 1024 * 1024 + 1))
    expect(large.body).toContain('larger than 4194304 bytes')
    const huge = await check('x'.repeat(6 * 1024 * 1024))
    expect([huge.statusCode, huge.body.includes('at most 4 MB')]).toEqual([413, true])
  })

  test('has a template to begin with', async () => {
    const { base } = await scene()
    const template = await get(`${base}/bulk/template.csv`)
    expect(template.headers['content-disposition']).toBe('attachment; filename="invitations.csv"')
    expect(template.body).toContain('version:v1.0')
  })
})

describe('fences', () => {
  test('nobody is signed in: the browser comes back to the page, a posted form to its page', async () => {
    const { base } = await scene()
    pages.user = null
    const page = await get(`${base}?show=revoked`)
    expect([page.statusCode, page.headers.location]).toEqual([
      303,
      `/sign-in?to=${encodeURIComponent(`${base}?show=revoked`)}`,
    ])
    const form = await post(`${base}/new`, inviting())
    expect(form.headers.location).toBe(`/sign-in?to=${encodeURIComponent(`${base}/new`)}`)
  })

  test('a form of another site changes nothing', async () => {
    const { contoso, base } = await scene()
    for (const path of ['new', 'bulk', 'bulk/check', `${contoso.admin.id}/revoke`]) {
      const answer = await post(`${base}/${path}`, inviting({ csrf: 'guessed' }))
      expect([path, answer.statusCode]).toEqual([path, 403])
    }
    expect(await contoso.count('invitations')).toBe(0)
  })

  test('GRA-12: another tenant’s invitation and upload are not there', async () => {
    const one = await scene()
    await post(`${one.base}/new`, inviting())
    const id = /\/invitations\/([0-9a-f-]{36})\/resend/.exec((await get(one.base)).body)?.[1] ?? ''
    const submitted = await pages.app.inject({
      method: 'POST',
      url: `${one.base}/bulk`,
      ...upload({ csrf: CSRF, csv: file(`paul@fabrikam.example,${url},true,`) }),
    })
    const bulkId = String(submitted.headers.location).split('/').at(-1) ?? ''
    const two = await scene()
    expect((await post(`${two.base}/${id}/revoke`, posted({}))).body).toContain('does not exist')
    expect((await get(`${two.base}/bulk/${bulkId}`)).statusCode).toBe(404)
    expect((await get(`${two.base}/bulk/${bulkId}/results.csv`)).statusCode).toBe(404)
    expect((await get(`${two.base}/bulk/nonsense`)).statusCode).toBe(404)
    expect((await get('/00000000-0000-4000-8000-000000000000/admin/invitations')).statusCode).toBe(404)
    expect((await get('/contoso.com/admin/invitations')).statusCode).toBe(404)
  })

  test('pages run no script but the one of ours', async () => {
    const { base } = await scene()
    const answer = await get(`${base}/bulk`)
    const nonce = /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1] ?? 'none'
    expect(answer.body).toContain(`nonce="${nonce}"`)
    const path = /<script src="([^"]+)"/.exec(answer.body)?.[1] ?? ''
    expect((await get(path)).headers['content-type']).toContain('javascript')
  })
})
