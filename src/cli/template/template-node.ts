/** A part of a parsed template; text/template of Go. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  /** `{{pipeline}}`, which prints, or `{{$x := pipeline}}`, which does not. */
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | { readonly kind: 'if' | 'with'; readonly branches: Branches }
  | { readonly kind: 'range'; readonly branches: Branches }
  | { readonly kind: 'break' | 'continue' }

/** What is done where a pipeline has a value that is not empty, and where it has none. */
export interface Branches {
  readonly pipeline: Pipeline
  readonly then: readonly TemplateNode[]
  readonly otherwise: readonly TemplateNode[]
}

/** Commands, each of which gets the result of the one before as its last argument. */
export interface Pipeline {
  /** Variables that get the result; two are those of `range`: the key and the value. */
  readonly variables: readonly string[]
  /** Whether the variables are made here; otherwise they exist. */
  readonly declares: boolean
  readonly commands: readonly (readonly Operand[])[]
}

/** A word of a command; the first may be the name of a function. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'function'; readonly name: string }
  /** `.` with no fields is the value that the template is given. */
  | { readonly kind: 'field'; readonly fields: readonly string[] }
  /** `$` is the one that the template was started with. */
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'nested'; readonly pipeline: Pipeline; readonly fields: readonly string[] }
