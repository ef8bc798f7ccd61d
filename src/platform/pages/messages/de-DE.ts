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
  'newPassword.title': 'Neues Kennwort wählen',
  'newPassword.lead': 'Ihr Kennwort hat ein Administrator festgelegt. Wählen Sie eines, das nur Sie kennen.',
  'newPassword.label': 'Neues Kennwort',
  'newPassword.hint': 'Mindestens {length, number} Zeichen. Gut sind einige Wörter ohne Zusammenhang.',
  'newPassword.repeat': 'Noch einmal dasselbe',
  'newPassword.submit': 'Speichern und anmelden',
  'newPassword.error.empty': 'Geben Sie ein neues Kennwort ein.',
  'newPassword.error.mismatch':
    'Die beiden Eingaben sind verschieden. Geben Sie zweimal dasselbe Kennwort ein.',
  'newPassword.error.unchanged': 'Das ist Ihr bisheriges Kennwort. Wählen Sie ein anderes.',
  'newPassword.error.weak':
    'Das wäre zu leicht zu erraten. Machen Sie es länger, und lassen Sie Ihren Namen und den Ihrer Organisation weg.',
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

  'error.title': 'Das hat nicht geklappt',
  'error.help': 'Wer helfen kann: {contact}',
  'error.helpUnknown':
    'Wenden Sie sich an die Administration Ihrer Organisation und geben Sie die folgenden Angaben weiter.',
  'error.copy': 'Angaben für den Support',
  'error.copyHint': 'Markieren Sie den Text und kopieren Sie ihn.',
  'error.retry': 'Erneut versuchen',

  'refused.notHere':
    '{identifier} ist kein Benutzer von {organization}, und dorthin ist keine Einladung offen. Nehmen Sie das eingeladene Konto, oder bitten Sie um eine Einladung.',
  'refused.accountDisabled': 'Das Konto {identifier} ist bei {organization} gesperrt.',
  'refused.notAssigned':
    '{application} ist nur für Personen, denen es zugewiesen wurde; {identifier} gehört nicht dazu.',
  'refused.noWayToSignIn':
    'Zurzeit gibt es keine Möglichkeit, sich als {identifier} bei {organization} anzumelden.',
  'refused.homeSilent':
    '{home}, die Organisation Ihres Kontos, antwortet nicht. Es wurde nichts geändert; versuchen Sie es in einigen Minuten noch einmal.',
  'refused.homeNotBelieved':
    'Die Antwort von {home}, der Organisation Ihres Kontos, ließ sich nicht prüfen. Es wurde nichts geändert.',
  'refused.homeDeclined': 'Die Anmeldung bei {home} wurde nicht beendet. Es wurde nichts geändert.',
  'problem.busy':
    'Im Moment melden sich sehr viele Personen an. Warten Sie einige Sekunden, und versuchen Sie es noch einmal.',
  'problem.tooOften':
    'Aus Ihrem Netz kamen zu viele Versuche. Warten Sie einige Minuten, und versuchen Sie es noch einmal.',
  'problem.unexpected': 'Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
  'problem.foreignForm':
    'Das Gesendete kam nicht von unserer eigenen Seite; deshalb ist nichts geschehen. Öffnen Sie die Seite neu, und wiederholen Sie es dort.',
  'problem.unknownTenant':
    'Unter dieser Adresse gibt es keine Organisation. Prüfen Sie die Mandanten-ID oder den Domänennamen im Link.',
  'problem.protocol':
    'Die Anwendung hat eine Anfrage gesendet, die sich nicht beantworten lässt. Wer sie entwickelt, braucht die Angaben unten.',
  'cancelled.title': 'Sie haben abgebrochen',
  'cancelled.invitation':
    'Es wurde nichts geändert. Die Einladung bleibt offen; Sie können später darauf zurückkommen.',
  'cancelled.signIn': 'Sie wurden nicht angemeldet, und es wurde nichts geändert.',
  'cancelled.retry': 'Doch anmelden',

  'realm.title': 'Welches Konto?',
  'realm.lead': '{identifier} gehört zu zwei Konten. Welches möchten Sie verwenden?',
  'realm.work.title': 'Geschäfts- oder Schulkonto',
  'realm.work.text': 'Eingerichtet von {organization}',
  'realm.work.textUnnamed': 'Eingerichtet von Ihrer Organisation',
  'realm.personal.title': 'Persönliches Konto',
  'realm.personal.text': 'Von Ihnen selbst eingerichtet',

  'options.title': 'Anmeldeoptionen',
  'options.organization.title': 'Bei einer Organisation anmelden',
  'options.organization.text': 'Über ihren Domänennamen suchen',
  'options.device.title': 'Ein Gerät verbinden',
  'options.device.text': 'Den Code eingeben, den ein Gerät oder eine App zeigt',
  'organization.title': 'Ihre Organisation finden',
  'organization.lead':
    'Bei welcher Organisation möchten Sie sich anmelden? Es kann auch eine sein, bei der Sie Gast sind.',
  'organization.label': 'Domänenname',
  'organization.hint': 'Zum Beispiel contoso.com',
  'organization.error.empty': 'Geben Sie den Domänennamen der Organisation ein.',
  'organization.error.malformed':
    'Das ist kein Domänenname. Er sieht aus wie contoso.com, ohne Leerzeichen und ohne https://.',
  'organization.error.unknown':
    'Keine Organisation hier verwendet diesen Domänennamen. Prüfen Sie auf Tippfehler.',

  'picker.title': 'Konto auswählen',
  'picker.signedIn': 'Angemeldet',
  'picker.signedOut': 'Abgemeldet',
  'picker.other': 'Anderes Konto verwenden',

  'stay.title': 'Angemeldet bleiben?',
  'stay.lead': 'Sie müssen sich in diesem Browser dann seltener anmelden.',
  'stay.shared': 'Wählen Sie Nein auf einem Gerät, das auch andere benutzen.',
  'stay.remember': 'Nicht mehr fragen',

  'locked.title': 'Die Anmeldung ist angehalten',
  'locked.lead':
    'Es gab zu viele erfolglose Versuche, sich als {identifier} anzumelden. Damit kein Fremder hineinkommt, ist die Anmeldung für eine Weile angehalten.',
  'locked.wait':
    '{minutes, plural, one {Warten Sie etwa # Minute, und versuchen Sie es dann erneut.} other {Warten Sie etwa # Minuten, und versuchen Sie es dann erneut.}}',
  'locked.useCode': 'Oder melden Sie sich mit einem Code an, den wir Ihnen per E-Mail senden.',
  'locked.help': 'Waren Sie das nicht? Geben Sie {contact} Bescheid.',
  'locked.helpUnknown': 'Waren Sie das nicht? Geben Sie der Administration Ihrer Organisation Bescheid.',
  'locked.retry': 'Erneut versuchen',
  'locked.other': 'Anderes Konto verwenden',

  'consent.title': 'Angeforderte Berechtigungen',
  'consent.lead': '{application} bittet Sie um die Berechtigung:',
  'consent.leadOrganization': '{application} bittet, für alle in {organization}, um die Berechtigung:',
  'consent.publisher': 'Herausgegeben von {publisher}',
  'consent.verified': 'Herausgegeben von {publisher}, überprüft',
  'consent.unknownPublisher': 'Unbekannter Herausgeber',
  'consent.unverifiedTitle': 'Der Herausgeber ist nicht überprüft',
  'consent.unverified':
    'Niemand hat geprüft, wer diese Anwendung gemacht hat. Nehmen Sie nur an, wenn Sie sicher sind, von wem sie ist.',
  'consent.forOrganization': 'Für alle in {organization} annehmen',
  'consent.forOrganizationHint':
    'Niemand sonst wird mehr gefragt. Sie können das, weil Sie zur Administration gehören.',
  'consent.explain':
    'Wenn Sie annehmen, kann {application} das mit Ihrem Konto tun, auch wenn Sie es gerade nicht benutzen, bis Sie oder die Administration es zurücknehmen.',
  'consent.terms': 'Nutzungsbedingungen von {application}',
  'consent.privacy': 'Datenschutzerklärung von {application}',
  'consent.admin.title': 'Die Administration muss zustimmen',
  'consent.admin.lead':
    '{application} bittet um Berechtigungen, die nur die Administration von {organization} geben kann:',
  'consent.admin.ask': 'Bitten Sie {contact}, {application} zuzulassen.',
  'consent.admin.askUnknown': 'Bitten Sie die Administration von {organization}, {application} zuzulassen.',
  'consent.admin.isAdmin': 'Ich habe ein Administrationskonto',
  'consent.admin.return': 'Ohne Anmeldung zurück zu {application}',

  'wrong.title': 'Diese Einladung gilt für ein anderes Konto',
  'wrong.lead': 'Es ist noch nichts geschehen. Wählen Sie, wie es weitergeht.',
  'wrong.current': 'Sie sind angemeldet als',
  'wrong.invited': 'Die Einladung von {organization} gilt für',
  'wrong.switch.title': 'Konto wechseln',
  'wrong.switch.text':
    'Sie melden sich als {invited} an. Das jetzige Konto erhält keinen Zugang zu {organization}.',
  'wrong.prove.title': 'Beide gehören mir: jetziges Konto behalten',
  'wrong.prove.text': 'Wir senden einen Code an {invited}. Mit ihm wird {current} Gast von {organization}.',
  'wrong.cancel.title': 'Abbrechen',
  'wrong.cancel.text': 'Die Einladung bleibt offen; Sie können später darauf zurückkommen.',

  'used.title': 'Sie haben diese Einladung angenommen',
  'used.lead': 'Sie sind schon Gast von {organization}. Es ist nichts mehr zu tun.',
  'used.continue': 'Weiter zu {destination}',

  'unavailable.title': 'Diese Einladung kann nicht verwendet werden',
  'unavailable.expired':
    'Sie wurde nicht rechtzeitig angenommen. Ihr Konto ist in Ordnung, und es wurde nichts geändert.',
  'unavailable.unknown':
    'Der Link ist unvollständig oder nicht mehr gültig. Ihr Konto ist in Ordnung, und es wurde nichts geändert.',
  'unavailable.todo': 'Was Sie tun können',
  'unavailable.newest': 'Suchen Sie im Postfach nach einer neueren Einladung, und verwenden Sie diese.',
  'unavailable.whole': 'Wenn Sie den Link kopiert haben, kopieren Sie ihn noch einmal von Anfang bis Ende.',
  'unavailable.ask': 'Bitten Sie {contact} um eine neue Einladung.',
  'unavailable.askUnknown': 'Bitten Sie die Person, die Sie eingeladen hat, um eine neue Einladung.',

  'blocked.title': 'Diese Anmeldung ist nicht erlaubt',
  'blocked.home': '{home} lässt nicht zu, dass sich {identifier} bei {resource} anmeldet.',
  'blocked.resource': '{resource} lässt {identifier} nicht zu.',
  'blocked.both': '{home} und {resource} lassen nicht zu, dass sich {identifier} bei {resource} anmeldet.',
  'blocked.explain': 'Ihr Konto und Ihr Kennwort sind in Ordnung: Das ist eine Regel der Administration.',
  'blocked.whom': 'Wer das ändern kann',
  'blocked.askHome': 'Die Administration von {organization}, der Organisation Ihres Kontos',
  'blocked.askResource': 'Die Administration von {organization}, bei der Sie sich anmelden möchten',
  'blocked.switch': 'Anderes Konto verwenden',
  'blocked.return': 'Zurück zur Anwendung',

  'expired.title': 'Diese Seite ist abgelaufen',
  'expired.lead':
    'Die Anmeldung war zu lange offen oder wurde in einem anderen Tab fortgesetzt. Es wurde nichts geändert.',
  'expired.restart': 'Neu beginnen',
  'expired.goBack': 'Gehen Sie zurück zur Anwendung oder zu Ihrer Einladung, und beginnen Sie neu.',

  'signOut.title': 'Abmelden?',
  'signOut.lead':
    'Sie werden von allen Anwendungen abgemeldet, die Sie mit diesem Konto in diesem Browser geöffnet haben.',
  'signOut.submit': 'Abmelden',
  'signOut.stay': 'Angemeldet bleiben',
  'signedOut.title': 'Sie sind abgemeldet',
  'signedOut.lead':
    'Schließen Sie auf einem Gerät, das auch andere benutzen, zusätzlich alle Browserfenster.',
  'signedOut.again': 'Wieder anmelden',
  'signedOut.return': 'Zurück zu {application}',

  'device.title': 'Ein Gerät verbinden',
  'device.lead': 'Geben Sie den Code ein, den Ihr Gerät oder Ihre App zeigt.',
  'device.label': 'Code',
  'device.hint': 'Buchstaben und Ziffern, mit oder ohne Bindestrich.',
  'device.error.empty': 'Geben Sie den Code ein, den Ihr Gerät oder Ihre App zeigt.',
  'device.error.unknown':
    'Dieser Code stimmt nicht oder ist zu alt. Prüfen Sie ihn, oder lassen Sie das Gerät einen neuen zeigen.',
  'device.confirm.title': 'Ist das Ihr Gerät?',
  'device.confirm.lead': '{application} möchte als Sie angemeldet werden. Dort sollte dieser Code stehen:',
  'device.confirm.warnTitle': 'Nur fortfahren, wenn Sie das selbst begonnen haben',
  'device.confirm.warn':
    'Hat Ihnen jemand den Code geschickt, wäre diese Person als Sie angemeldet. Wählen Sie dann Abbrechen.',
  'device.confirm.submit': 'Ja, anmelden',
  'device.approved.title': 'Ihr Gerät ist angemeldet',
  'device.approved.lead': 'Gehen Sie zurück zu {application}. Sie können diese Seite schließen.',
  'device.declined.title': 'Ihr Gerät wurde nicht angemeldet',
  'device.declined.lead':
    'Sie haben abgebrochen, und {application} hat nichts erhalten. Sie können diese Seite schließen.',

  'leaving.title': 'Es geht weiter zu {destination}',
  'leaving.lead': 'Wenn gleich nichts geschieht, gehen Sie selbst weiter.',
  'leaving.continue': 'Weiter zu {destination}',

  'organizations.title': 'Meine Organisationen',
  'organizations.home': 'Ihre Heimatorganisation',
  'organizations.guest': 'Gast',
  'organizations.guestSince': 'Gast seit {since, date, long}',
  'organizations.open': 'Öffnen',
  'organizations.leave': 'Verlassen',
  'organizations.none': 'Sie sind noch nirgends Gast',
  'organizations.noneText': 'Hier erscheinen Organisationen, deren Einladung Sie annehmen.',
  'organizations.applications': 'Anwendungen',
  'organizations.signOut': 'Abmelden',

  'senders.ask.title': 'Einladungen per E-Mail',
  'senders.ask.lead':
    'Sie bestimmen, welche Organisationen Ihnen Einladungen senden dürfen. Zuerst senden wir einen Code, um sicher zu sein, dass das Postfach Ihnen gehört.',
  'senders.ask.label': 'Ihre E-Mail-Adresse',
  'senders.ask.error.empty': 'Geben Sie Ihre E-Mail-Adresse ein.',
  'senders.ask.error.malformed': 'Das sieht nicht wie eine E-Mail-Adresse aus. Prüfen Sie auf Tippfehler.',
  'senders.enter.lead': 'Wir haben einen Code an {address} gesendet.',
  'senders.enter.submit': 'Weiter',
  'senders.enter.other': 'Andere Adresse verwenden',
  'senders.title': 'Wer Ihnen Einladungen senden darf',
  'senders.lead':
    'Eine blockierte Organisation kann weiterhin ein Gastkonto für {address} anlegen, aber keine E-Mail erreicht Sie.',
  'senders.blocked': 'Blockiert seit {since, date, long}',
  'senders.allowed': 'Darf Ihnen schreiben',
  'senders.block': 'Blockieren',
  'senders.unblock': 'Zulassen',
  'senders.blockedNow': '{organization} sendet Ihnen keine Einladungen mehr.',
  'senders.unblockedNow': '{organization} darf Ihnen wieder Einladungen senden.',
  'senders.none': 'Keine Organisation hat Sie eingeladen',
  'senders.noneText': 'Sobald eine das tut, können Sie sie hier blockieren.',
} as const satisfies Readonly<Record<keyof typeof enUS, string>>
