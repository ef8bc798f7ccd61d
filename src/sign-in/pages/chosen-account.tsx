import { type Account, AccountTile, type Translator } from '../../platform/pages/index.ts'

interface ChosenAccountProps {
  readonly t: Translator
  readonly account: Account
  /** Where the person may choose differently; `null` where it is too late for that. */
  readonly changeUrl: string | null
}

/** The account that this sign-in is about, with the way back. */
export function ChosenAccount({ t, account, changeUrl }: ChosenAccountProps) {
  return (
    <AccountTile account={account}>
      {changeUrl ? (
        <a href={changeUrl}>
          {t('account.change')}
          <span class="visually-hidden"> {t('account.changeHidden')}</span>
        </a>
      ) : null}
    </AccountTile>
  )
}
