import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { openSiege } from './open-siege.ts'
import { findProcess, openFiles, type ResidentProcess } from './process-of-project.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** `up` and `down` of a whole project. */
export const wholeCycles: Scenario = {
  name: 'cycles',
  promise: 'up and down leave the host unchanged',
  shortRounds: 2,
  open: () =>
    openSiege(async project => ({
      rounds: 150,
      play: async () => {
        await project.run(['up', '-d'])
        expectQuiet(project)
        await project.downWholly()
        return 'left nothing'
      },
    })),
}

/** `up` and `down` of one service beside another, so that keeper and supervisor keep running and could leak. */
export const partialCycles: Scenario = {
  name: 'cycles-beside',
  promise: 'a service that comes and goes leaves no descriptor open in keeper and supervisor',
  shortRounds: 2,
  open: () =>
    openSiege(async project => {
      const cycle = async (): Promise<void> => {
        await project.run(['up', '-d', '--wait'])
        await project.run(['down', 'web'])
      }
      await cycle()
      const before = await residentsAtRest(project)
      return {
        rounds: 150,
        play: async () => {
          await cycle()
          expectQuiet(project)
          await expectSameResidents(project, before)
          return 'gathered nothing'
        },
      }
    }),
}

type Residents = Readonly<Record<ResidentProcess, { readonly pid: number; readonly open: readonly string[] }>>

function residents(project: SiegeProject): Residents {
  const look = (kind: ResidentProcess) => {
    const pid = findProcess(project, kind)
    if (pid === undefined) throw new Error(`Cannot find the ${kind}: it does not run`)
    return { pid, open: openFiles(pid) }
  }
  return { keeper: look('keeper'), supervisor: look('supervisor') }
}

/** Of several looks, the one with the fewest descriptors: a running health check has its pipes open. */
async function residentsAtRest(project: SiegeProject): Promise<Residents> {
  const looks: Residents[] = []
  for (let look = 0; look < 20; look += 1) {
    looks.push(residents(project))
    await delay(20)
  }
  const size = ({ keeper, supervisor }: Residents) => keeper.open.length + supervisor.open.length
  return looks.reduce((least, look) => (size(look) < size(least) ? look : least))
}

async function expectSameResidents(project: SiegeProject, before: Residents): Promise<void> {
  await eventually(async () => {
    const now = residents(project)
    if (JSON.stringify(now) !== JSON.stringify(before))
      throw new Error(`Cannot trust down: what was open was ${describe(before)}, and is ${describe(now)}`)
  })
}

function describe({ keeper, supervisor }: Residents): string {
  return `keeper ${keeper.pid}: ${keeper.open}; supervisor ${supervisor.pid}: ${supervisor.open}`
}

/** Keeper and supervisor write to their logs only if something is wrong. */
function expectQuiet(project: SiegeProject): void {
  const { runDir, keeperLog } = project.layout()
  for (const path of [keeperLog, `${runDir}/supervisor.log`]) {
    const text = readFileSync(path, 'utf8')
    if (text !== '') throw new Error(`Cannot trust up: ${path} says\n${text}`)
  }
}
