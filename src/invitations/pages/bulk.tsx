import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  type Column,
  Labelled,
  Progress,
  Table,
} from '../../platform/pages/index.ts'
import type { RowCounts } from '../bulk/model.ts'
import type { Validation } from '../bulk/present-validation.ts'
import type { RowResult } from '../bulk/store.ts'
import { type Frame, Refused, Screen } from './frame.tsx'
import { bulkScript } from './script.ts'

export interface UploadPageProps {
  readonly frame: Frame
  readonly error: string | null
  readonly recent: readonly {
    readonly id: string
    readonly fileName: string | null
    readonly rowCount: number
    readonly submittedAt: Date
  }[]
}

/** The way in: the template, and a file to check. */
export function UploadPage({ frame, error, recent }: UploadPageProps) {
  const { t, csrf, paths } = frame
  return (
    <Screen
      frame={frame}
      title={t('bulk.title')}
      lead={t('bulk.lead')}
      failed={error !== null}
      script={bulkScript}
    >
      <Refused frame={frame} message={error} />
      <div>
        <a href={paths.template} download>
          {t('bulk.template')}
        </a>
        <p class="item-text">{t('bulk.templateHint')}</p>
      </div>
      <form class="form" method="post" action={paths.check} enctype="multipart/form-data">
        <input type="hidden" name="csrf" value={csrf} />
        <div class="field">
          <label for="field-file">{t('bulk.file')}</label>
          <p class="hint" id="field-file-hint">
            {t('bulk.fileHint')}
          </p>
          <input
            class="input"
            type="file"
            id="field-file"
            name="file"
            accept=".csv,text/csv"
            aria-describedby="field-file-hint"
            data-check
          />
        </div>
        <Actions>
          <Button>{t('bulk.check')}</Button>
          <ButtonLink href={paths.list} look="secondary">
            {t('invite.done.list')}
          </ButtonLink>
        </Actions>
      </form>
      {recent.length === 0 ? null : (
        <Labelled title={t('bulk.recent')}>
          <ul class="list">
            {recent.map(({ id, fileName, rowCount, submittedAt }) => (
              <li key={id}>
                <a href={paths.upload(id)}>{fileName ?? t('bulk.unnamed')}</a>{' '}
                <span class="item-text">{t('bulk.recentLine', { rows: rowCount, date: submittedAt })}</span>
              </li>
            ))}
          </ul>
        </Labelled>
      )}
    </Screen>
  )
}

export interface CheckedPageProps {
  readonly frame: Frame
  readonly fileName: string | null
  /** Goes along unseen, so that what is submitted is what was checked. */
  readonly csv: string
  readonly validation: Validation
}

const BAD_ROWS_SHOWN = 200

/** What would come of the file; nobody is invited yet. */
export function CheckedPage({ frame, fileName, csv, validation }: CheckedPageProps) {
  const { t, csrf, paths } = frame
  const { goodCount, badRows, fileProblem } = validation
  const title = t('bulk.checked.title', { file: fileName ?? t('bulk.unnamed') })
  const other = (
    <ButtonLink href={paths.bulk} look="secondary">
      {t('bulk.other')}
    </ButtonLink>
  )
  if (fileProblem !== null) {
    return (
      <Screen frame={frame} title={title} failed>
        <Alert tone="danger" title={t('bulk.checked.unusable')}>
          <p>{fileProblem}</p>
        </Alert>
        <Actions>{other}</Actions>
      </Screen>
    )
  }
  return (
    <Screen frame={frame} title={title} failed={badRows.length > 0}>
      <Alert tone={goodCount === 0 ? 'warning' : 'success'}>
        <p>{t('bulk.checked.lead', { good: goodCount })}</p>
      </Alert>
      {badRows.length === 0 ? null : (
        <Alert tone="warning">
          <p>{t('bulk.checked.bad', { bad: badRows.length })}</p>
        </Alert>
      )}
      <form class="form" method="post" action={paths.bulk} enctype="multipart/form-data">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="fileName" value={fileName ?? ''} />
        <input type="hidden" name="csv" value={csv} />
        <Actions>
          {goodCount === 0 ? null : <Button>{t('bulk.submit', { good: goodCount })}</Button>}
          {other}
        </Actions>
      </form>
      <BadRows frame={frame} rows={badRows} />
    </Screen>
  )
}

function BadRows({ frame: { t }, rows }: { readonly frame: Frame; readonly rows: Validation['badRows'] }) {
  if (rows.length === 0) return null
  const columns: readonly Column<Validation['badRows'][number]>[] = [
    { key: 'address', title: t('bulk.address'), cell: (row) => named(row.invitedUserEmailAddress) },
    { key: 'line', title: t('bulk.line'), cell: (row) => row.lineNumber },
    { key: 'problem', title: t('bulk.problem'), cell: (row) => row.reasons.join(' ') },
  ]
  const hidden = rows.length - BAD_ROWS_SHOWN
  return (
    <>
      <Table
        caption={t('bulk.problem')}
        columns={columns}
        rows={rows.slice(0, BAD_ROWS_SHOWN)}
        rowKey={(row) => String(row.rowNumber)}
      />
      {hidden > 0 ? <p class="note">{t('bulk.checked.more', { count: hidden })}</p> : null}
    </>
  )
}

/** What stands where the address should: people find their row by it. Empty when the row could not be read. */
const named = (text: string): string => (text === '' ? '—' : text.slice(0, 80))

export interface UploadedPageProps {
  readonly frame: Frame
  readonly id: string
  readonly fileName: string | null
  readonly counts: RowCounts
  readonly isFinished: boolean
  readonly rows: readonly RowResult[]
  readonly nextUrl: string | null
}

/** How far an upload is, and the result of every row. */
export function UploadedPage({ frame, id, fileName, counts, isFinished, rows, nextUrl }: UploadedPageProps) {
  const { t, paths } = frame
  const total = counts.waiting + counts.invited + counts.alreadyAccepted + counts.failed
  const done = total - counts.waiting
  const columns: readonly Column<RowResult>[] = [
    { key: 'address', title: t('bulk.address'), cell: (row) => named(row.address) },
    { key: 'line', title: t('bulk.line'), cell: (row) => row.line },
    {
      key: 'result',
      title: t('bulk.result'),
      cell: (row) => (
        <>
          {t(`bulk.state.${row.state}`)}
          {row.reason === null ? null : <span class="item-text"> {row.reason}</span>}
        </>
      ),
    },
  ]
  return (
    <Screen
      frame={frame}
      title={t('bulk.progress.title', { file: fileName ?? t('bulk.unnamed') })}
      {...(isFinished ? {} : { script: bulkScript })}
    >
      {isFinished ? (
        <Alert tone="success" title={t('bulk.progress.finished')}>
          <Summary frame={frame} counts={counts} />
        </Alert>
      ) : (
        <div data-running>
          <Progress label={t('bulk.progress.running', { done, total })} done={done} total={total} />
          <Summary frame={frame} counts={counts} />
        </div>
      )}
      <Actions>
        {isFinished ? null : <ButtonLink href={paths.upload(id)}>{t('bulk.progress.refresh')}</ButtonLink>}
        <ButtonLink href={paths.list} look="secondary">
          {t('invite.done.list')}
        </ButtonLink>
        <ButtonLink href={paths.results(id)} look="secondary">
          {t('bulk.progress.download')}
        </ButtonLink>
      </Actions>
      <Table caption={t('bulk.results')} columns={columns} rows={rows} rowKey={(row) => String(row.row)} />
      {nextUrl === null ? null : <a href={nextUrl}>{t('bulk.nextRows')}</a>}
    </Screen>
  )
}

const Summary = ({ frame: { t }, counts }: { readonly frame: Frame; readonly counts: RowCounts }) => (
  <p>
    {t('bulk.progress.summary', {
      invited: counts.invited,
      accepted: counts.alreadyAccepted,
      failed: counts.failed,
    })}
  </p>
)
