import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { linesOnScreen } from '../support/screen.ts'
import { TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')
const DIST = resolve(import.meta.dirname, '../../dist')
const ROWS = 8
const WITHOUT_SCRIPT = 'there is no /usr/bin/script'

/** More services than the terminal has lines. */
const MANY = `name: many
services:
${Array.from({ length: 12 }, (_, index) => `  s${index}: { image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL }\n`).join('')}`

/** Runs a command at a terminal of 8 lines, and types Ctrl-C once it shows `interruptAt`. */
async function atTerminal(project: TestProject, command: string, interruptAt?: string) {
  const line = `stty rows ${ROWS} cols 100; echo before; exec "${BIN}" ${command}`
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: project.folder,
    env: { ...project.environment, TERM: 'xterm' },
  })
  let text = ''
  let isInterrupted = false
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
    if (interruptAt === undefined || isInterrupted || !text.includes(interruptAt)) return
    isInterrupted = true
    child.stdin.write('\u0003')
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, text, lines: linesOnScreen(text, ROWS).map(shown => shown.replace(/ +\d+\.\ds$/, '')) }
}

test('progress of more things than the terminal has lines leaves one whole picture', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip(WITHOUT_SCRIPT)
  await using project = new TestProject({ compose: MANY })
  const up = await atTerminal(project, 'up -d')
  expect(up.lines.slice(0, 2)).toEqual(['before', '[+] up 13/13'])
  expect(up.lines.slice(2).toSorted()).toEqual(
    [
      '',
      ' ✔ Network many_default  Created',
      ...Array.from({ length: 12 }, (_, index) => `${` ✔ Container many-s${index}-1`.padEnd(25)}Started`),
    ].toSorted(),
  )
  const again = await atTerminal(project, 'up -d')
  expect(again.lines.slice(0, 3)).toEqual(['before', '[+] up 12/12', ' ✔ Container many-s0-1   Running'])
  expect(again.lines).toHaveLength(15)
  const down = await atTerminal(project, 'down')
  expect([down.exitCode, ...down.lines.slice(0, 2)]).toEqual([0, 'before', '[+] down 13/13'])
  expect(down.lines).toHaveLength(16)
})

test('Ctrl-C during progress ends it with the picture of what was cancelled, and leaves the cursor visible', async ({
  skip,
}) => {
  if (!existsSync('/usr/bin/script')) return skip(WITHOUT_SCRIPT)
  await using project = new TestProject({
    compose: `name: gated
services:
  db:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    healthcheck: { test: "false", interval: 60s, retries: 100 }
`,
  })
  const { exitCode, text, lines } = await atTerminal(project, 'up -d --wait', 'Waiting')
  expect(exitCode).toBe(130)
  expect(lines).toEqual([
    'before',
    '[+] up 1/2',
    ' ✔ Network gated_default  Created',
    ' - Container gated-db-1   Cancelled',
    '',
  ])
  expect(text).not.toContain('\u001b[?25l')
})

test('no command loads the task list of listr2 off a terminal', () => {
  const holds = (name: string): boolean =>
    readFileSync(join(DIST, name), 'latin1').includes('SHOUD_REFRESH_RENDER')
  const files = readdirSync(DIST)
  expect(files.filter(name => /\.js$/.test(name) && holds(name))).toHaveLength(1)
  const packs = files.filter(name => name.endsWith('.pack'))
  expect(packs.length).toBeGreaterThan(5)
  expect(packs.filter(holds)).toEqual([])
})
