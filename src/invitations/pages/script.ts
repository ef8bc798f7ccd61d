import { asset } from '../../platform/pages/index.ts'

/**
 * What these pages do by themselves where scripts run; everything works by hand, too. A chosen file is checked at
 * once; progress is shown anew every few seconds, unless somebody is in the middle of something.
 */
export const bulkScript = asset(
  'invitations.js',
  'text/javascript; charset=utf-8',
  Buffer.from(`const file = document.querySelector('input[data-check]')
file?.addEventListener('change', () => {
  if (file.files.length > 0) file.form.requestSubmit()
})
const look = () => {
  const isIdle = document.activeElement === document.body && !document.hidden
  if (isIdle) location.reload()
  else setTimeout(look, 3000)
}
if (document.querySelector('[data-running]')) setTimeout(look, 3000)
`),
)
