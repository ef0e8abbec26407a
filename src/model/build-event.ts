import type { SourceSpan } from '../base/source-span.ts'
import type { BuildConfig } from './build.ts'
import type { PlatformName } from './platform.ts'

/** An image to build. */
export interface ImageBuild {
  /** The service it is for. */
  readonly service: string
  /** The name that the image gets, as the file has it. */
  readonly image: string
  readonly platform: PlatformName | undefined
  /** With what the command line adds. */
  readonly config: BuildConfig
}

/** A step of a build, for people. */
export interface BuildStepSummary {
  /** Counts from 1, in the order of the Dockerfile. */
  readonly id: number
  readonly stage: string
  /** Which of the stage's steps it is, and of how many: FROM is the first. */
  readonly position: number
  readonly count: number
  /** The instruction in one line. */
  readonly text: string
  readonly span: SourceSpan
}

/** What happens in a build while it is carried out. */
export type BuildEvent =
  /** Comes once, before any event of a step. */
  | { readonly kind: 'planned'; readonly steps: readonly BuildStepSummary[] }
  | { readonly kind: 'step-started'; readonly id: number }
  /** A line that RUN wrote, without its line end. */
  | {
      readonly kind: 'step-output'
      readonly id: number
      readonly stream: 'stdout' | 'stderr'
      readonly line: string
    }
  | {
      readonly kind: 'step-finished'
      readonly id: number
      readonly outcome: 'cached' | 'done' | 'failed' | 'cancelled'
      readonly tookMs: number
    }
  /** An image that the build starts from is fetched. */
  | {
      readonly kind: 'fetching'
      readonly image: string
      readonly bytesDone: number
      readonly bytesTotal: number
    }
  | { readonly kind: 'notice'; readonly message: string; readonly span: SourceSpan | undefined }
  /** The image is stored. */
  | { readonly kind: 'finished'; readonly imageId: string; readonly names: readonly string[] }

/** What a build would do. */
export interface BuildForecast {
  readonly steps: readonly ForecastStep[]
  /** Everything is cached, and the image is there under its name. */
  readonly isCurrent: boolean
  /** An image that it starts from and that is not on this machine: no step is known then. */
  readonly lacks?: string
}

export interface ForecastStep extends BuildStepSummary {
  /** `unknown`: it depends on what an earlier step makes. */
  readonly state: 'cached' | 'runs' | 'unknown'
  /** Of the first steps that run: what is not as it was, e.g. `src/app.js changed`; of others undefined. */
  readonly cause: string | undefined
}
