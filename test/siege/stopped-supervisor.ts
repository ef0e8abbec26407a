import { openSiege } from './open-siege.ts'
import { findProcess } from './process-of-project.ts'
import type { Scenario } from './scenario.ts'
import type { SiegeProject } from './siege-project.ts'

/** Commands that need nothing of the supervisor. */
const COMMANDS = [
  ['ps', '-a'],
  ['logs'],
  ['exec', '-T', 'web', 'true'],
  ['stop', 'web'],
  ['restart', 'job'],
  ['up', '-d', '--force-recreate', 'lone'],
  ['up', '-d', '--scale', 'lone=2'],
  ['run', '--rm', '-T', 'lone', 'true'],
  ['pause', 'web'],
  ['kill', 'job'],
  ['down', 'web'],
] as const

/** The supervisor is stopped by SIGSTOP while commands work, and goes on, or is ended, later. */
export const stoppedSupervisor: Scenario = {
  name: 'stopped-supervisor',
  promise: 'commands work while the supervisor is stopped, and so it does when it goes on',
  shortRounds: 1,
  open: () =>
    openSiege(async project => ({
      rounds: 60,
      play: async ({ random }) => {
        await project.run(['up', '-d'])
        const supervisor = stopSupervisor(project)
        const done = [random.pick(COMMANDS), random.pick(COMMANDS), random.pick(COMMANDS)]
        for (const args of done) await project.run(args, { errors: EXPLAINED })
        const goesOn = random.below(2) === 0
        const commands = done.map(args => args.join(' ')).join(', ')
        await (goesOn ? continueWith(project, supervisor) : project.downWholly()).catch(error => {
          throw new Error(`${commands}: ${error instanceof Error ? error.message : error}`)
        })
        return goesOn ? 'went on' : 'was ended by down'
      },
    })),
}

function stopSupervisor(project: SiegeProject): number {
  const supervisor = findProcess(project, 'supervisor')
  if (supervisor === undefined) throw new Error('Cannot stop the supervisor: it does not run')
  process.kill(supervisor, 'SIGSTOP')
  return supervisor
}

async function continueWith(project: SiegeProject, supervisor: number): Promise<void> {
  process.kill(supervisor, 'SIGCONT')
  await project.unpause()
  await project.upWholly()
  await project.downWholly()
}

/** An earlier command may have stopped or paused what a later one needs. */
const EXPLAINED: readonly string[] = ['TC4004', 'TC4012']
