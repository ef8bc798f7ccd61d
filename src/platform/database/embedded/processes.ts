import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

/**
 * Who is behind a process id? Ids are re-used, so a bare id in a file says nothing: only the id with the moment
 * the process started does. On Linux everything comes from /proc without starting a program.
 */
const hasProc = process.platform === 'linux' && existsSync('/proc/self/stat')

/** State letter and start tick of `/proc/<pid>/stat`; the name in brackets may itself hold spaces and brackets. */
function procStat(pid: number): { state: string; startTick: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTick: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

/** Whether the system still has such an entry; true for a zombie, and for a process that is not ours. */
export function isInUse(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A zombie counts as dead: in a container nobody may ever collect it. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  if (!hasProc) return isInUse(pid)
  const stat = procStat(pid)
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X'
}

async function outputOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      env: { ...process.env, LC_ALL: 'C' },
      windowsHide: true,
    })
    return stdout.trim()
  } catch {
    return undefined
  }
}

function askPowerShell(expression: string): Promise<string | undefined> {
  return outputOf('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', expression])
}

/**
 * A text that two processes with the same id never share; undefined when there is no such process. `unknown`
 * when the system does not tell: then equal ids must be taken for the same process, the safe side.
 */
export async function startMark(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined
  if (hasProc) {
    // The tick counts from boot, so another boot may repeat it.
    const stat = procStat(pid)
    return stat && `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startTick}`
  }
  const answer =
    process.platform === 'win32'
      ? await askPowerShell(`(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`)
      : await outputOf('ps', ['-o', 'lstart=', '-p', String(pid)])
  return answer || 'unknown'
}

/**
 * Where ids have a meaning: those of one container say nothing in another, though both may see the same files.
 */
export function processScope(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

async function commandLine(pid: number): Promise<string> {
  if (hasProc) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    } catch {
      return ''
    }
  }
  const answer =
    process.platform === 'win32'
      ? await askPowerShell(`(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`)
      : await outputOf('ps', ['-ww', '-o', 'command=', '-p', String(pid)])
  return answer ?? ''
}

/**
 * Is this id the postmaster of the cluster with this name? Told by its command line, because inside a container
 * even root may not read the working directory or the program of another account's process. A postmaster keeps
 * its command line; its children overwrite theirs, so none of them is taken for it.
 */
export async function isPostmasterOf(clusterName: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  const command = await commandLine(pid)
  return command.includes(`cluster_name=${clusterName}`) && /postgres(\.exe)?\b/.test(command)
}
