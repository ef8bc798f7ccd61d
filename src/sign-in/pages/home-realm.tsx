import { Address, Choice, Form } from '../../platform/pages/index.ts'
import { ChosenAccount } from './chosen-account.tsx'
import { type Frame, type Posting, Screen } from './screen.tsx'

export type HomeRealm = 'work' | 'personal'

export interface HomeRealmPageProps extends Frame, Posting {
  readonly identifier: string
  readonly changeUrl: string
  readonly realms: readonly HomeRealm[]
  /** The organisation behind the work account, where it may be named. */
  readonly organizationName: string | null
}

/** RED-5: one address, two accounts. Posts `identifier` and `realm`. */
export function HomeRealmPage(props: HomeRealmPageProps) {
  const { t, identifier, organizationName } = props
  const workText = organizationName
    ? t('realm.work.text', { organization: organizationName })
    : t('realm.work.textUnnamed')
  return (
    <Screen
      frame={props}
      title={t('realm.title')}
      lead={t.rich('realm.lead', {
        identifier: (
          <strong>
            <Address text={identifier} />
          </strong>
        ),
      })}
    >
      <Form action={props.action} csrf={props.csrf} hidden={{ identifier }}>
        {props.realms.map((realm) => (
          <Choice
            key={realm}
            icon={realm === 'work' ? 'organization' : 'person'}
            title={t(`realm.${realm}.title`)}
            text={realm === 'work' ? workText : t('realm.personal.text')}
            name="realm"
            value={realm}
          />
        ))}
      </Form>
      <ChosenAccount t={t} account={{ displayName: null, identifier }} changeUrl={props.changeUrl} />
    </Screen>
  )
}
