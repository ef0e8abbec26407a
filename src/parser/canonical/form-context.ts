import type { DocumentPath } from '../document/describe-path.ts'
import type { Node } from '../document/node.ts'

/** Where a value is being brought to its long form, and where to report what is wrong with it. */
export interface FormContext {
  readonly path: DocumentPath
  readonly report: (node: Node, problem: FormProblem) => void
  /** For what has no effect: `message` says what is written, and what counts instead. */
  readonly warn: (node: Node, problem: FormProblem) => void
}

/** What is wrong with a value: its state and what it should be, without the name of the value. */
export interface FormProblem {
  readonly message: string
  readonly hint?: string
}
