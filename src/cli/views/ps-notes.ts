import { type ObservedContainer, restartReason } from '../../app/index.ts'
import { firstColumns } from '../../base/display-width.ts'
import { humanDuration } from './human-duration.ts'
import { safeLine } from './safe-text.ts'

/** Columns of what a probe wrote. */
const SHOWN_COLUMNS = 120

/**
 * Returns what a table of containers has no room for, a line each: what the last probe of one said that is unhealthy, and how
 * often and why a policy has started one again. `now` is in milliseconds.
 */
export function psNotes(containers: readonly ObservedContainer[], now: number): readonly string[] {
  return containers.flatMap(container =>
    [probeNote(container, now), restartNote(container, now)]
      .filter(note => note !== undefined)
      .map(note => safeLine(`${container.name}: ${note}`)),
  )
}

function probeNote({ health, probes }: ObservedContainer, now: number): string | undefined {
  const probe = probes?.log.at(-1)
  if (probe === undefined || probes === undefined || probe.exitCode === 0 || health === 'healthy')
    return undefined
  const code = probe.exitCode < 0 ? '' : ` with exit code ${probe.exitCode}`
  const streak =
    probes.failingStreak > 1 ? `${probes.failingStreak} probes failed in a row, the last` : 'a probe failed'
  const said = probe.output.trimEnd().split('\n').at(-1)?.trim() ?? ''
  const output = said === '' ? '' : `: ${firstColumns(said, SHOWN_COLUMNS)}`
  return `${streak} ${ago(now - probe.endedAt)}${code}${output}`
}

function restartNote({ restarts }: ObservedContainer, now: number): string | undefined {
  if (restarts === undefined) return undefined
  const { count, cause } = restarts
  const often = count === 1 ? 'restarted once' : `restarted ${count} times`
  if (cause === undefined) return often
  return `${often}, last ${ago(now - cause.finishedAt)}: ${restartReason(cause)}`
}

function ago(milliseconds: number): string {
  return `${humanDuration(milliseconds).toLowerCase()} ago`
}
