import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge']
const PLACES = [
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * The browser that journeys run in: `CHROMIUM_PATH`, else one from the search path or a usual place, else, as root
 * on Debian, one installed now. Throws with what to do when there is none.
 */
export function findChromium(): string {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') {
    if (existsSync(chosen)) return chosen
    throw new Error(`CHROMIUM_PATH names ${chosen}, but there is no such file.`)
  }
  return installed() ?? installOnDebian() ?? giveUp()
}

/** A headless browser for one test file. Close it in `afterAll`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      // Chromium's sandbox cannot be built by root, and containers usually run tests as root.
      ...(isRoot() ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      // Nothing may leave the machine: the tests run offline.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

function installed(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES]
  return candidates.find((path) => existsSync(path)) ?? null
}

function installOnDebian(): string | null {
  if (!isRoot() || !existsSync('/etc/debian_version')) return null
  console.log('No Chromium found: installing it with `apt-get install -y chromium` (once, about 300 MB).')
  const run = (...words: string[]) =>
    execFileSync('apt-get', words, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  run('update', '-qq')
  run('install', '-y', '-qq', '--no-install-recommends', 'chromium')
  return installed()
}

function giveUp(): never {
  throw new Error(
    'The browser tests need Chromium. Install it (`sudo apt-get install chromium`, or Chrome from its site), or set CHROMIUM_PATH to its program file.',
  )
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}
