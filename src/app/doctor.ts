import type { Examination } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'

export interface DoctorOptions {
  /** Move damaged records aside and remove what was left behind. */
  readonly fix: boolean
}

/** Returns what the machine offers, which records are damaged and what was left behind. */
export function doctor({ engine }: AppContext, options: DoctorOptions): Promise<Examination> {
  return engine.examine(options)
}
