/** Mails in English (US), the source. ICU MessageFormat; typographic apostrophes, since a straight one quotes. */
export const enUS = {
  'from.invitation': 'Invitations on behalf of {tenant}',

  'invitation.subject': '{inviter} invited you to {tenant}',
  'invitation.title': '{inviter} invited you to {tenant}',
  'invitation.preview': 'Open {destination} with the account that you already have.',
  'invitation.warning':
    'Act on this mail only if you know the person and the organization that it names. Invitations can be forged in someone else’s name. If you did not expect this one, do nothing.',
  'invitation.text':
    'You can use applications and content of {tenant} with the account that you already have. You need no new password.',
  'invitation.messageFrom': 'Message from {inviter}',
  'invitation.accept': 'Accept invitation',
  'invitation.for': 'This invitation is for {address}. Accepting takes you to {destination}.',
  'invitation.expires': 'It can be accepted until {date}.',
  'invitation.plainLink': 'If the button does not work, open this address in a browser:',

  'notification.subject': 'You now have access to {tenant}',
  'notification.title': 'You now have access to {tenant}',
  'notification.preview': '{inviter} gave you access. There is nothing to accept.',
  'notification.text':
    '{inviter} gave you access to applications and content of {tenant}. There is nothing to accept: your organization and {tenant} have agreed on that. Sign in with your usual account.',
  'notification.open': 'Open {destination}',

  'passcode.from': '{tenant}',
  'passcode.subject': 'Your code for {tenant}',
  'passcode.title': 'Your code for {tenant}',
  'passcode.preview': 'Valid for {minutes} minutes.',
  'passcode.text': 'Enter this code on the page where you are signing in:',
  'passcode.valid': 'It is valid for {minutes} minutes and works once. Only the newest code works.',
  'passcode.warning':
    'Give it to nobody: no one from {tenant} will ask you for it. If you did not ask for a code, you can ignore this mail.',

  'person.inviter': 'invited you',
  'footer.privacy': 'Privacy statement of {tenant}',
  'footer.noPrivacy': '{tenant} has published no privacy statement.',
  'footer.block': 'Block future invitations from {tenant}',
  'footer.sent': 'Sent automatically for {tenant} ({domain}).',
} as const
