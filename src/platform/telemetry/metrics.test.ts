import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('requests, jobs and mails are counted under their labels, beside the metrics of the process', async () => {
  const metrics = createMetrics()
  metrics.observeRequest({ method: 'GET', route: '/v1.0/users/:id', status: 200, durationSeconds: 0.02 })
  metrics.countJob('send-mail', 'retried')
  metrics.countMail('sent')
  metrics.countMail('sent')

  const { text, contentType } = await metrics.read()
  expect(contentType).toContain('text/plain')
  const labels = 'method="GET",route="/v1.0/users/:id",status="200"'
  expect(text).toContain(`xenia_http_request_duration_seconds_bucket{le="0.01",${labels}} 0`)
  expect(text).toContain(`xenia_http_request_duration_seconds_bucket{le="0.025",${labels}} 1`)
  expect(text).toContain('xenia_jobs_total{task="send-mail",outcome="retried"} 1')
  expect(text).toContain('xenia_mails_total{outcome="sent"} 2')
  expect(text).toContain('nodejs_eventloop_lag_seconds')
})

test('an invented method does not become a label', async () => {
  const metrics = createMetrics()
  metrics.observeRequest({ method: 'EVIL-1', route: '/', status: 405, durationSeconds: 0 })
  const { text } = await metrics.read()
  expect(text).not.toContain('EVIL-1')
  expect(text).toContain('method="other"')
})

test('a watched value is read when asked, and two programs do not share it', async () => {
  const [one, other] = [createMetrics(), createMetrics()]
  let waiting = 1
  one.watch('xenia_password_queue_waiting', 'Password checks waiting.', () => waiting)
  expect((await one.read()).text).toContain('xenia_password_queue_waiting 1')
  waiting = 7
  expect((await one.read()).text).toContain('xenia_password_queue_waiting 7')
  expect((await other.read()).text).not.toContain('xenia_password_queue_waiting')
})
