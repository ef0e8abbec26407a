import type { BuildEvent } from '../../app/index.ts'
import { assertNever } from '../../base/assert-never.ts'
import {
  type BuildProgress,
  NO_PROGRESS,
  noticeText,
  type StepProgress,
  stepTitle,
  withBuildEvent,
} from './build-progress.ts'
import { humanSize } from './human-size.ts'
import { outputText } from './output-text.ts'
import { safeLine } from './safe-text.ts'

/** In a log, a sign of life of a fetch now and then is enough. */
const REPORT_MS = 10_000

/**
 * Writes builds as BuildKit's plain progress does: steps are numbered in the order in which they start, over all builds of
 * a run, and each line begins with its step's number: `#4 [web build 3/5] RUN npm ci`, `#4 0.532 added 120 packages`,
 * `#4 DONE 0.9s`.
 */
export class PlainBuilds {
  readonly #builds = new Map<string, BuildProgress>()
  /** By service and step, or by service and image. */
  readonly #numbers = new Map<string, number>()
  readonly #reported = new Map<string, number>()

  /** Returns the lines for an event of the build of `service`. `now` is in milliseconds since the epoch. */
  linesOf(service: string, event: BuildEvent, now: number): readonly string[] {
    const build = withBuildEvent(this.#builds.get(service) ?? NO_PROGRESS, event, now)
    this.#builds.set(service, build)
    switch (event.kind) {
      case 'planned':
      case 'finished':
        return []
      case 'notice':
        return [noticeText(service, event)]
      case 'fetching':
        return this.#fetchLines(service, event, now)
      case 'step-started':
      case 'step-output':
      case 'step-finished': {
        const step = build.steps.get(event.id)
        return step === undefined ? [] : this.#stepLines(service, { step, build, event, now })
      }
      default:
        return assertNever(event)
    }
  }

  #stepLines(service: string, { step, build, event, now }: StepNews): readonly string[] {
    const title = safeLine(stepTitle(step, build, service))
    const { number, head } = this.#numbered(`${service} ${step.id}`, title)
    if (event.kind === 'step-started') return head
    if (event.kind === 'step-output') {
      const time = timeText(now - (step.startedAt ?? now))
      return [...head, `#${number} ${time} ${outputText(event.line)}`.trimEnd()]
    }
    return [...head, `#${number} ${endText(event)}`]
  }

  #fetchLines(
    service: string,
    { image, bytesDone, bytesTotal }: Extract<BuildEvent, { kind: 'fetching' }>,
    now: number,
  ): readonly string[] {
    const key = `${service} ${image}`
    const isNew = !this.#numbers.has(key)
    const { number, head } = this.#numbered(key, safeLine(`[${service}] fetching ${image}`))
    const isDone = bytesDone >= bytesTotal
    if (!isNew && !isDone && now - (this.#reported.get(key) ?? 0) < REPORT_MS) return head
    this.#reported.set(key, now)
    if (isDone) return [...head, `#${number} DONE ${humanSize(bytesTotal)}`]
    return isNew ? head : [`#${number} ${humanSize(bytesDone)} / ${humanSize(bytesTotal)}`]
  }

  /** Returns the number of what `key` names, and its first line where it has none yet. */
  #numbered(key: string, title: string): { readonly number: number; readonly head: readonly string[] } {
    const known = this.#numbers.get(key)
    if (known !== undefined) return { number: known, head: [] }
    const number = this.#numbers.size + 1
    this.#numbers.set(key, number)
    return { number, head: [`#${number} ${title}`] }
  }
}

interface StepNews {
  readonly step: StepProgress
  readonly build: BuildProgress
  readonly event: Extract<BuildEvent, { readonly id: number }>
  readonly now: number
}

function endText({ outcome, tookMs }: Extract<BuildEvent, { kind: 'step-finished' }>): string {
  const took = `${(tookMs / 1000).toFixed(1)}s`
  switch (outcome) {
    case 'cached':
      return 'CACHED'
    case 'done':
      return `DONE ${took}`
    case 'failed':
      return `ERROR ${took}`
    case 'cancelled':
      return 'CANCELED'
  }
}

/** Seconds in at least four digits, as BuildKit writes them. */
function timeText(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return seconds.toFixed(seconds < 10 ? 3 : seconds < 100 ? 2 : 1)
}
