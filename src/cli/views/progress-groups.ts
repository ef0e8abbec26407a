import type { Plan, StepEvent } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { plainProgress } from './progress-plain.ts'
import type { ProgressView } from './progress-view.ts'

/** Whose log the output is part of. */
export type GroupStyle = 'github' | 'gitlab'

export interface GroupedProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
  /** @default false */
  readonly isDryRun?: boolean
}

/**
 * Plain progress in groups that a service for continuous integration folds: of images that are pulled, built and pushed,
 * and of the rest under `title`. What others write comes between groups.
 */
export function groupedProgress(
  title: string,
  style: GroupStyle,
  { output, now, isDryRun = false }: GroupedProgressPorts,
): ProgressView {
  const groups = new Groups(output, MARKERS[style], now)
  let next = title
  const write = (text: string): void => {
    if (text !== '') groups.write(next, text)
  }
  const { isTerminal, columns, rows } = output
  const plain = plainProgress({ output: { write, isTerminal, columns, rows }, now, isDryRun })
  return {
    ...plain,
    onPlan: (plan: Plan) => plain.onPlan(plan),
    onEvent: event => {
      next = titleOf(event, title)
      plain.onEvent(event)
    },
    write: (target, text) => {
      groups.end()
      target.write(text)
    },
    close: async () => {
      await plain.close()
      groups.end()
    },
  }
}

function titleOf({ step }: StepEvent, title: string): string {
  switch (step.action.kind) {
    case 'fetch-image':
      return 'pull'
    case 'build-image':
      return 'build'
    case 'push-image':
      return 'push'
    default:
      return title
  }
}

interface Markers {
  /** `index` counts the groups of a command from 1, `at` is in milliseconds since the epoch. */
  readonly begin: (title: string, index: number, at: number) => string
  readonly end: (title: string, index: number, at: number) => string
}

const MARKERS: Readonly<Record<GroupStyle, Markers>> = {
  github: {
    begin: title => `::group::tcompose ${title}\n`,
    end: () => '::endgroup::\n',
  },
  // The name of a section is unique in a log, and the text behind its marker takes the marker's place.
  gitlab: {
    begin: (title, index, at) =>
      `\x1b[0Ksection_start:${seconds(at)}:${sectionName(title, index)}\r\x1b[0Ktcompose ${title}\n`,
    end: (title, index, at) => `\x1b[0Ksection_end:${seconds(at)}:${sectionName(title, index)}\r\x1b[0K\n`,
  },
}

/** Several commands of a job write to one log. */
function sectionName(title: string, index: number): string {
  return `tcompose_${title.replaceAll(/\W/g, '_')}_${process.pid}_${index}`
}

function seconds(at: number): number {
  return Math.floor(at / 1000)
}

/** Writes text in groups; a group ends where one with another title begins. */
class Groups {
  readonly #output: TextOutput
  readonly #markers: Markers
  readonly #now: () => number
  #title: string | undefined
  #index = 0

  constructor(output: TextOutput, markers: Markers, now: () => number) {
    this.#output = output
    this.#markers = markers
    this.#now = now
  }

  write(title: string, text: string): void {
    if (this.#title !== title) this.#begin(title)
    this.#output.write(text)
  }

  end(): void {
    if (this.#title === undefined) return
    this.#output.write(this.#markers.end(this.#title, this.#index, this.#now()))
    this.#title = undefined
  }

  #begin(title: string): void {
    this.end()
    this.#title = title
    this.#index += 1
    this.#output.write(this.#markers.begin(title, this.#index, this.#now()))
  }
}
