import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { InputOrigin } from '../load-request.ts'

/** A Compose file to read. */
export interface LocatedFile {
  /** As the user would name it. */
  readonly name: string
  /** Absolute, or `-` for standard input. */
  readonly path: AbsolutePath | '-'
  /** @default found */
  readonly origin?: InputOrigin
  /** What a project is called that begins with it and has no name of its own. @default as its folder */
  readonly project?: string
}
