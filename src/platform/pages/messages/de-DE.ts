import type { enUS } from './en-US.ts'

/** Deutsch (Deutschland). Sie-Form; „Gast“ und „Organisation“ wie im Glossar. */
export const deDE = {
  'product.name': 'Xenia',
  'page.title': '{title} · {owner}',
  'page.failedTitle': 'Fehler: {title}',
  'footer.privacy': 'Datenschutz',
  'footer.help': 'Hilfe',
  'footer.details': 'Technische Angaben',
  'footer.detailsHint': 'Der Support fragt vielleicht danach. Sie enthalten nichts Geheimes.',
  'trace.correlationId': 'Korrelations-ID',
  'trace.requestId': 'Anfrage-ID',
  'trace.time': 'Zeit (UTC)',
  'trace.code': 'Fehlercode',
  'form.errorPrefix': 'Fehler:',
  'form.errors':
    '{count, plural, one {Bitte korrigieren Sie # Eingabe} other {Bitte korrigieren Sie # Eingaben}}',
  'form.continue': 'Weiter',
  'form.next': 'Weiter',
  'form.cancel': 'Abbrechen',
  'form.accept': 'Annehmen',
  'form.back': 'Zurück',
  'form.yes': 'Ja',
  'form.no': 'Nein',

  'identifier.title': 'Anmelden',
  'identifier.lead': 'um zu {application} zu gelangen',
  'identifier.label': 'E-Mail-Adresse oder Benutzername',
  'identifier.hint': 'Zum Beispiel maria@fabrikam.com',
  'identifier.error.empty': 'Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.',
  'identifier.error.malformed': 'Das sieht nicht wie eine E-Mail-Adresse aus. Prüfen Sie auf Tippfehler.',
  'identifier.error.noWayToSignIn':
    'Mit dieser Adresse gibt es hier keinen Weg zur Anmeldung. Prüfen Sie auf Tippfehler, oder fragen Sie die Person, die Sie eingeladen hat.',
  'identifier.options': 'Anmeldeoptionen',
  'identifier.help': 'Kein Zugriff auf Ihr Konto?',

  'password.title': 'Kennwort eingeben',
  'password.label': 'Kennwort',
  'password.submit': 'Anmelden',
  'password.error.empty': 'Geben Sie Ihr Kennwort ein.',
  'password.error.wrong':
    'Konto und Kennwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es erneut.',
  'password.forgot': 'Kennwort vergessen?',
  'password.useCode': 'Stattdessen einen Code per E-Mail senden',
  'account.change': 'Ändern',
  'account.changeHidden': 'des Kontos, mit dem Sie sich anmelden',

  'passcode.ask.title': 'Mit einem Code anmelden',
  'passcode.ask.lead':
    'Wir senden einen {length, number}-stelligen Code an diese Adresse. Sie brauchen kein Kennwort.',
  'passcode.ask.submit': 'Code senden',
  'passcode.enter.title': 'Code eingeben',
  'passcode.enter.lead': 'Wenn {address} sich hier anmelden kann, ist ein Code an dieses Postfach unterwegs.',
  'passcode.label': 'Code aus der E-Mail',
  'passcode.hint': '{length, number} Ziffern. Er gilt einmal, {minutes, number} Minuten lang ab dem Versand.',
  'passcode.submit': 'Anmelden',
  'passcode.error.empty': 'Geben Sie den Code aus der E-Mail ein.',
  'passcode.error.wrong':
    'Dieser Code stimmt nicht. Nehmen Sie die neueste E-Mail und prüfen Sie die Ziffern.',
  'passcode.error.expired': 'Dieser Code gilt nicht mehr. Fordern Sie einen neuen an.',
  'passcode.error.tooManyTries':
    'Zu viele falsche Versuche. Dieser Code gilt nicht mehr; fordern Sie einen neuen an.',
  'passcode.resent':
    'Wenn die Adresse sich hier anmelden kann, wurde ein neuer Code gesendet. Ältere Codes gelten nicht mehr.',
  'passcode.tooManySends':
    'An diese Adresse wurden schon mehrere Codes gesendet. Sehen Sie im Postfach und im Spam-Ordner nach, oder warten Sie eine Viertelstunde.',
  'passcode.resend': 'Neuen Code senden',
  'passcode.missing': 'Nichts angekommen? Sehen Sie auch im Spam-Ordner nach.',
  'passcode.other': 'Anderes Konto verwenden',

  'review.title': 'Berechtigungen prüfen',
  'review.lead': '{organization} lädt Sie als Gast ein.',
  'review.invitedBy': '{inviter} von {organization} lädt Sie als Gast ein.',
  'review.domain': 'Die bestätigte Domäne dieser Organisation ist {domain}.',
  'review.shared': 'Wenn Sie annehmen, erhält {organization}:',
  'review.shared.name': 'Ihren Namen',
  'review.shared.photo': 'Ihr Profilfoto',
  'review.shared.mail': 'Ihre E-Mail-Adresse',
  'review.shared.identifiers': 'Ihre Verzeichnis-Kennungen, um Sie beim nächsten Mal zu erkennen',
  'review.trust':
    'Sie kann auch aufzeichnen, was Sie mit ihren Anwendungen tun. Ihr Kennwort wird nie weitergegeben. Nehmen Sie nur an, wenn Sie {organization} kennen und vertrauen.',
  'review.privacy': 'Datenschutzerklärung von {organization} lesen',
  'review.noPrivacy': '{organization} hat keine Datenschutzerklärung hinterlegt.',
  'review.leaveLater': 'Sie können diese Organisation jederzeit unter „Meine Organisationen“ verlassen.',
  'review.switch': 'Anderes Konto verwenden',

  'error.title': 'Das hat nicht geklappt',
  'error.nothingChanged': 'Es wurde nichts geändert.',
  'error.help': 'Wer helfen kann: {contact}',
  'error.helpUnknown':
    'Wenden Sie sich an die Administration Ihrer Organisation und geben Sie die folgenden Angaben weiter.',
  'error.copy': 'Angaben für den Support',
  'error.copyHint': 'Markieren Sie den Text und kopieren Sie ihn.',
  'error.retry': 'Erneut versuchen',
} as const satisfies Readonly<Record<keyof typeof enUS, string>>
