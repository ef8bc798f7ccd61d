/** Backup and restore of a whole deployment: one file, one moment, no tools beside this program. */
export { type BackUpOptions, type BackUpResult, backUp } from './back-up.ts'
export { type CheckedBackup, checkBackup } from './check.ts'
export { type BackupFault, BackupRefused } from './refused.ts'
export { type RestoreOptions, restore } from './restore.ts'
