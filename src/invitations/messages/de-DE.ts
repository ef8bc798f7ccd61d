import type { enUS } from './en-US.ts'

/** Mails in German. */
export const deDE: Readonly<Record<keyof typeof enUS, string>> = {
  'from.invitation': 'Einladungen im Auftrag von {tenant}',

  'invitation.subject': '{inviter} hat Sie zu {tenant} eingeladen',
  'invitation.title': '{inviter} hat Sie zu {tenant} eingeladen',
  'invitation.preview': 'Öffnen Sie {destination} mit dem Konto, das Sie schon haben.',
  'invitation.warning':
    'Reagieren Sie auf diese Mail nur, wenn Sie die genannte Person und Organisation kennen. Einladungen können in fremdem Namen gefälscht sein. Wenn Sie diese nicht erwartet haben, tun Sie nichts.',
  'invitation.text':
    'Sie können Anwendungen und Inhalte von {tenant} mit dem Konto nutzen, das Sie schon haben. Ein neues Kennwort brauchen Sie nicht.',
  'invitation.messageFrom': 'Nachricht von {inviter}',
  'invitation.accept': 'Einladung annehmen',
  'invitation.for': 'Diese Einladung gilt für {address}. Nach der Annahme gelangen Sie zu {destination}.',
  'invitation.expires': 'Sie kann bis {date} angenommen werden.',
  'invitation.plainLink': 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse im Browser:',

  'notification.subject': 'Sie haben jetzt Zugang zu {tenant}',
  'notification.title': 'Sie haben jetzt Zugang zu {tenant}',
  'notification.preview': '{inviter} hat Ihnen Zugang gegeben. Sie müssen nichts annehmen.',
  'notification.text':
    '{inviter} hat Ihnen Zugang zu Anwendungen und Inhalten von {tenant} gegeben. Sie müssen nichts annehmen: Ihre Organisation und {tenant} haben das vereinbart. Melden Sie sich mit Ihrem gewohnten Konto an.',
  'notification.open': '{destination} öffnen',

  'passcode.from': '{tenant}',
  'passcode.subject': 'Ihr Code für {tenant}',
  'passcode.title': 'Ihr Code für {tenant}',
  'passcode.preview': '{minutes} Minuten gültig.',
  'passcode.text': 'Geben Sie diesen Code auf der Seite ein, auf der Sie sich gerade anmelden:',
  'passcode.valid': 'Er ist {minutes} Minuten gültig und gilt einmal. Nur der neueste Code gilt.',
  'passcode.warning':
    'Geben Sie ihn niemandem: Niemand von {tenant} wird Sie danach fragen. Wenn Sie keinen Code angefordert haben, können Sie diese Mail ignorieren.',

  'person.inviter': 'hat Sie eingeladen',
  'footer.privacy': 'Datenschutzerklärung von {tenant}',
  'footer.noPrivacy': '{tenant} hat keine Datenschutzerklärung veröffentlicht.',
  'footer.block': 'Künftige Einladungen von {tenant} blockieren',
  'footer.sent': 'Automatisch gesendet für {tenant} ({domain}).',
}
