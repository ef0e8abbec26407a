import type { ContainerProcess, ObservedContainer } from '../../app/index.ts'
import type { CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { reportInvalid } from '../report.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { textTable } from '../views/text-table.ts'

const HEADINGS = ['SERVICE', '#', 'UID', 'PID', 'PPID', 'STARTED', 'TTY', 'TIME', 'CMD']

/** Writes a table of the processes of running containers, as this machine sees them. */
export async function showProcesses(context: CommandContext, services: readonly string[]): Promise<number> {
  const { ports, request } = context
  const app = await ports.loadApp()
  const found = await untilInterrupted(context, app.processes(request, { services }))
  if (found.kind === 'invalid') return reportInvalid(context, found.diagnostics)
  const rows = found.containers.flatMap(({ container, processes }) =>
    processes.map(process => processRow(container, process)),
  )
  if (rows.length > 0) ports.stdout.write(textTable([HEADINGS, ...rows]))
  return EXIT.done
}

function processRow({ service, number }: ObservedContainer, process: ContainerProcess): readonly string[] {
  return [
    service,
    String(number),
    String(process.uid),
    String(process.pid),
    String(process.parentPid),
    new Date(process.startedAt).toISOString().slice(11, 19),
    process.terminal ?? '?',
    cpuTime(process.cpuMs),
    process.command,
  ]
}

/** Returns hours, minutes and seconds, e.g. `00:01:30`. */
function cpuTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map(part => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}
