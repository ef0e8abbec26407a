import type { WarmStatus } from '../../warm/ask-warm-process.ts'
import { humanDuration } from './human-duration.ts'
import { humanSize } from './human-size.ts'

/** Returns what a warm process has done, as the end of a sentence about it. */
export function warmStatusText({ startedAt, commands, residentBytes }: WarmStatus, now: number): string {
  const age = humanDuration(now - startedAt).toLowerCase()
  const ran = commands === 1 ? '1 command' : `${commands} commands`
  return `started ${age} ago, ran ${ran} and takes ${humanSize(residentBytes)}`
}
