import { dirname, join } from 'node:path'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import { projectLayout } from '../state/layout.ts'
import { systemClock } from './clock.ts'
import { startServerProcess, takeServerProcess } from './dns/server-process.ts'
import { watchFirewall } from './firewall-watch.ts'
import { readArguments } from './read-arguments.ts'
import { spawnSweep } from './spawn-sweep.ts'
import { runSupervisor } from './supervisor.ts'

/**
 * The supervisor's program, a child of the keeper, which starts it again unless it ends with exit code 0. Its standard
 * error is a log file.
 */
async function main(): Promise<void> {
  process.umask(0o022)
  const { roots, project } = readArguments(process.argv.slice(2))
  const { keeperSocket: socket, runDir } = projectLayout(roots, project)
  // Its parent may be stopped for any time; it answers requests when it is resumed.
  const keeper = await connectKeeper(socket, Number.POSITIVE_INFINITY)
  const script = process.argv[1] ?? ''
  if (keeper === undefined) throw new Error(`Cannot reach the keeper at "${socket}": nothing listens there`)
  await runSupervisor({
    roots,
    project,
    keeper,
    clock: systemClock,
    report,
    sweep: () => spawnSweep({ roots, project, script }),
    startNameServer: async (hooks, taken) => {
      const context = { keeper, clock: systemClock, ...hooks }
      if (taken !== undefined) return takeServerProcess(taken, context)
      return startServerProcess({ ...context, program: join(dirname(script), 'native/name-server'), runDir })
    },
    startRelay: async onEnd => {
      const { startRelayProcess } = await import('./relay/relay-process.ts')
      return startRelayProcess({
        program: join(dirname(script), 'native/port-relay'),
        ...{ runDir, clock: systemClock },
        onEnd,
      })
    },
    rest: { keeperPid: (await keeper.identity()).pid },
    watchFirewall: hooks => watchFirewall({ roots, project, clock: systemClock, ...hooks }),
  })
}

function report(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}

/** All that matters is on disk, so a restart is safer than continuing after an unexpected error. */
function fail(error: unknown): never {
  report(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}

process.on('uncaughtException', fail)
main().then(() => process.exit(0), fail)
