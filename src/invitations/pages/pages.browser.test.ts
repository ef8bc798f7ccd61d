import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../test/kit/browser.ts'
import { assignRole } from '../../directory/index.ts'
import { directoryRoleTemplates } from '../../graph/index.ts'
import { file, url } from '../csv.fixture.ts'
import { testWorld } from '../world.fixture.ts'
import { servePages } from './pages.fixture.ts'

const world = testWorld()
const pages = await servePages(world)
let browser: Browser
let origin: string
beforeAll(async () => {
  origin = await pages.app.listen({ host: '127.0.0.1', port: 0 })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await pages.app.close()
  await pages.jobs.stop(0)
})

async function open(javaScriptEnabled: boolean) {
  const contoso = await world.organization()
  await contoso.ctx.db.transaction((tx) =>
    assignRole(contoso.ctx, tx, directoryRoleTemplates.userAdministrator, contoso.admin.id),
  )
  pages.user = contoso.admin
  const context = await browser.newContext({ javaScriptEnabled, locale: 'en-US' })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(`${origin}/${contoso.tenant.id}/admin/invitations`)
  return { contoso, page, problems }
}

const partners = {
  name: 'partners.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(file(`maria@fabrikam.example,${url},true,`, `nonsense,${url},true,`)),
}

test('without scripts: one person by the form, many by a file, both found in the list', async () => {
  const { contoso, page } = await open(false)
  await page.getByRole('link', { name: 'Invite someone' }).click()
  await page.getByLabel('Email address').fill('anna@mail.example')
  await page.getByLabel('Where they land').fill(url)
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByRole('heading', { name: 'anna@mail.example is invited' }).waitFor()

  await page.getByRole('link', { name: 'All invitations' }).click()
  await page.getByRole('link', { name: 'Invite many from a file' }).click()
  await page.getByLabel('Your file').setInputFiles(partners)
  await page.getByRole('button', { name: 'Check the file' }).click()
  await page.getByRole('row', { name: 'nonsense 4' }).waitFor()
  await page.getByRole('button', { name: 'Invite 1 person' }).click()
  await page.getByRole('heading', { name: 'Invitations from partners.csv' }).waitFor()
  await pages.jobs.runPending({ tenantId: contoso.tenant.id })
  await page.getByRole('link', { name: 'Refresh' }).click()
  await page.getByText('All rows are done.').waitFor()

  await page.getByRole('link', { name: 'All invitations' }).click()
  await page.getByRole('button', { name: 'Revoke invitation of maria@fabrikam.example' }).click()
  await page.getByText('The invitation was revoked.').waitFor()
})

test('with scripts: a chosen file is checked at once, and progress shows itself', async () => {
  const { contoso, page, problems } = await open(true)
  await page.getByRole('link', { name: 'Invite many from a file' }).click()
  await page.getByLabel('Your file').setInputFiles(partners)
  await page.getByText('1 person can be invited.').waitFor()
  await page.getByRole('button', { name: 'Invite 1 person' }).click()
  await page.getByText('1 of 2 rows done').waitFor()
  await pages.jobs.runPending({ tenantId: contoso.tenant.id })
  await page.getByText('All rows are done.').waitFor()
  // The policy let the one script run, and nothing else tried to.
  expect(problems).toEqual([])
})
