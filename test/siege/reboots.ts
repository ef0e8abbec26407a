import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { playReboot } from '../support/play-reboot.ts'
import { openSiege } from './open-siege.ts'
import { findProcess } from './process-of-project.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

const COMMANDS = [['up', '-d'], ['restart'], ['down', '-v'], ['up', '-d', '--force-recreate']] as const

/** The machine restarts while a command works, or while none does. */
export const reboots: Scenario = {
  name: 'reboots',
  promise: 'after a reboot at any moment, resume, up and down bring the project back and take it down',
  shortRounds: 1,
  open: () =>
    openSiege(async project => ({
      rounds: 60,
      play: async ({ random }) => {
        const moment = await workUntilReboot(project, random)
        await reboot(project)
        const isResumed = random.below(2) === 0
        if (isResumed) await project.run(['resume'])
        if (random.below(4) > 0) await project.upWholly()
        await project.downWholly()
        return `${moment}${isResumed ? ', resumed' : ''}`
      },
    })),
}

async function workUntilReboot(project: SiegeProject, random: Random): Promise<string> {
  const command = random.pick(COMMANDS)
  const isDuring = random.below(2) === 0
  if (!isDuring || command[0] !== 'up') await project.run(['up', '-d'])
  if (!isDuring) return 'at rest'
  const child = project.spawn(command)
  child.stdout?.resume()
  child.stderr?.resume()
  const ended = once(child, 'exit')
  await Promise.race([ended, delay(random.below(700))])
  child.kill('SIGKILL')
  await ended
  return `during ${command[0]}`
}

async function reboot(project: SiegeProject): Promise<void> {
  const processes = processesOf(project)
  for (const pid of processes) killIfThere(pid)
  await eventually(async () => {
    const left = processes.filter(pid => isAlive(pid))
    if (left.length > 0) throw new Error(`Cannot play a reboot: ${left} go on`)
  })
  playReboot({ runRoot: project.roots.run, project: 'siege', keeper: undefined })
  mkdirSync(project.roots.run)
}

/** The keeper, the supervisor, and all their descendants. */
function processesOf(project: SiegeProject): readonly number[] {
  const first = (['keeper', 'supervisor'] as const).flatMap(kind => findProcess(project, kind) ?? [])
  const found = new Set(first)
  for (const pid of found) for (const child of childrenOf(pid)) found.add(child)
  return [...found]
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return !/\) [ZX] /.test(stat)
  } catch {
    return false
  }
}
