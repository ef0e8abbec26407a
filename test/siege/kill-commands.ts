import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openSiege } from './open-siege.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** Services with hooks, beside what `up` alone makes. */
const COMPOSE = `
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1::80"]
    volumes: ["data:/siege"]
    pre_start: [{ command: ["true"] }]
    post_start: [{ command: ["true"] }, { command: [sh, -c, "echo hooked"] }]
    pre_stop: [{ command: ["true"] }]
  lone:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    depends_on: [web]
volumes: { data: {} }
`

/** Commands that may be killed, and whether the project is up when they start. */
const WORKS: ReadonlyArray<{ readonly args: readonly string[]; readonly isUp: boolean }> = [
  { args: ['run', '--rm', '-T', 'lone', 'true'], isUp: false },
  { args: ['run', '--rm', '-T', 'lone', 'sleep', '0.2'], isUp: true },
  { args: ['run', '-d', 'lone', 'sleep', '60'], isUp: true },
  { args: ['cp', 'web:/etc', 'copied'], isUp: true },
  { args: ['cp', 'many', 'web:/siege-many'], isUp: true },
  { args: ['scale', 'lone=3'], isUp: true },
  { args: ['pause'], isUp: true },
  { args: ['create', '--force-recreate'], isUp: true },
  { args: ['create'], isUp: false },
  { args: ['export', '-o', 'lone.tar', 'lone'], isUp: true },
  { args: ['restart'], isUp: true },
  { args: ['stop'], isUp: true },
  { args: ['up', '-d', '--force-recreate'], isUp: true },
  { args: ['up', '-d'], isUp: false },
  { args: ['exec', '-T', 'web', 'sleep', '0.2'], isUp: true },
  { args: ['kill'], isUp: true },
  { args: ['rm', '-sf', 'web'], isUp: true },
]

/** How long a command is taken to last until one was seen to end. */
const FIRST_GUESS_MS = 500
/** No command of these has more steps. */
const MOST_STEPS = 14
/** What works without steps, as export does of a whole disk, is killed after this long instead. */
const MOST_MS = 5000

/** SIGKILL to commands other than `up` and `down`, after each step and at random moments. */
export const killCommands: Scenario = {
  name: 'kill-commands',
  promise: 'after SIGKILL to run, cp, scale, pause, create, exec and the like, up and down finish the job',
  shortRounds: 2,
  open: () =>
    openSiege(
      async project => {
        const many = join(project.folder, 'many')
        mkdirSync(many)
        for (let file = 0; file < 300; file += 1) writeFileSync(join(many, `${file}`), 'x'.repeat(1000))
        const tookMs = new Map<string, number>()
        return {
          rounds: 200,
          play: async ({ random }) => {
            const work = random.pick(WORKS)
            if (work.isUp) await project.run(['up', '-d'])
            const outcome = await killed(project, { args: work.args, random, tookMs })
            try {
              if (random.below(4) > 0) {
                await project.unpause()
                await project.upWholly()
              }
              await project.downWholly()
            } catch (error) {
              throw new Error(`${work.args.join(' ')} ${outcome}: ${messageOf(error)}`)
            }
            return `${work.args[0]} ${outcome.replace(/ after .*/, '')}`
          },
        }
      },
      ['siege'],
      { compose: COMPOSE, steady: 'lone running, web running' },
    ),
}

interface Killing {
  readonly args: readonly string[]
  readonly random: Random
  /** How long commands currently take on this machine. */
  readonly tookMs: Map<string, number>
}

async function killed(project: SiegeProject, { args, random, tookMs }: Killing): Promise<string> {
  const key = args.join(' ')
  const started = performance.now()
  const steps = random.below(2) === 0 ? random.below(MOST_STEPS) : undefined
  const child = project.spawn([...(steps === undefined ? [] : ['--progress', 'json']), ...args])
  const ended = once(child, 'close')
  child.stdout?.resume()
  const afterMs = random.fraction() * 1.1 * (tookMs.get(key) ?? FIRST_GUESS_MS)
  if (steps === undefined) await killAt(child, afterMs)
  else await killBehind(child, steps)
  await ended
  if (child.signalCode === 'SIGKILL')
    return `killed after ${steps === undefined ? `${afterMs} ms` : `${steps} steps`}`
  tookMs.set(key, performance.now() - started)
  return 'ended first'
}

async function killAt(child: ChildProcess, afterMs: number): Promise<void> {
  child.stderr?.resume()
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
  await once(child, 'exit')
  clearTimeout(timer)
}

async function killBehind(child: ChildProcess, steps: number): Promise<void> {
  if (child.stderr === null) throw new Error('Cannot follow the steps: there is no standard error')
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_MS)
  let finished = 0
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"step-finished"')) finished += 1
    if (finished >= steps) child.kill('SIGKILL')
  }
  clearTimeout(timer)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
