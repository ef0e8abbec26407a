import { TemplateError } from './template-error.ts'
import type { Branches, Operand, Pipeline, TemplateNode } from './template-node.ts'
import { type TemplatePiece, type Token, templateTokens } from './template-tokens.ts'

/** What text/template has, and what shows no list: templates in templates. */
const REFUSED: ReadonlySet<string> = new Set(['block', 'define', 'template'])

/**
 * Parses a template in the language of Go's text/template.
 *
 * @throws {TemplateError} If it is no template.
 */
export function parseTemplate(template: string): readonly TemplateNode[] {
  const pieces = new Pieces(templateTokens(template))
  const { nodes, end } = pieces.nodes({ isLoop: false })
  if (end !== undefined) throw new TemplateError(`unexpected ${end.source}`)
  return nodes
}

/** The keyword that ends a list of nodes, and what follows it. */
interface End {
  readonly keyword: 'else' | 'end'
  readonly words: Words
  readonly source: string
}

interface Place {
  /** Whether `break` and `continue` have a meaning. */
  readonly isLoop: boolean
}

class Pieces {
  readonly #pieces: readonly TemplatePiece[]
  #at = 0

  constructor(pieces: readonly TemplatePiece[]) {
    this.#pieces = pieces
  }

  /** Returns what comes up to `else`, `end` or the end of the text. */
  nodes(place: Place): { readonly nodes: readonly TemplateNode[]; readonly end: End | undefined } {
    const nodes: TemplateNode[] = []
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) {
      if (piece.kind === 'text') {
        nodes.push(piece)
        continue
      }
      const words = new Words(piece.tokens, piece.source)
      const keyword = words.name()
      if (keyword === 'end' || keyword === 'else') {
        words.skip()
        return { nodes, end: { keyword, words, source: piece.source } }
      }
      nodes.push(this.#node(keyword, words, place))
    }
    return { nodes, end: undefined }
  }

  #next(): TemplatePiece | undefined {
    return this.#pieces[this.#at++]
  }

  #node(keyword: string | undefined, words: Words, place: Place): TemplateNode {
    if (keyword === 'if' || keyword === 'with' || keyword === 'range') {
      words.skip()
      return this.#block(keyword, words, place)
    }
    if (keyword === 'break' || keyword === 'continue') {
      words.skip()
      words.expectEnd()
      if (!place.isLoop) throw new TemplateError(`{{${keyword}}} outside of {{range}}`)
      return { kind: keyword }
    }
    if (keyword !== undefined && REFUSED.has(keyword)) {
      throw new TemplateError(`{{${keyword}}} is not supported`)
    }
    return { kind: 'action', pipeline: words.wholePipeline({ isRange: false }) }
  }

  #block(kind: 'if' | 'with' | 'range', words: Words, place: Place): TemplateNode {
    const isRange = kind === 'range'
    const pipeline = words.wholePipeline({ isRange })
    const { nodes: then, end } = this.nodes(isRange ? { isLoop: true } : place)
    const branches: Branches = { pipeline, then, otherwise: this.#otherwise(kind, end, place) }
    return { kind, branches }
  }

  /** `{{else if x}}` is an `if` of its own, which shares the `end`. */
  #otherwise(kind: string, end: End | undefined, place: Place): readonly TemplateNode[] {
    if (end === undefined) throw new TemplateError(`{{${kind}}} has no {{end}}`)
    const { keyword, words } = end
    if (keyword === 'end') {
      words.expectEnd()
      return []
    }
    const next = words.name()
    if (next === kind && (next === 'if' || next === 'with')) {
      words.skip()
      return [this.#block(next, words, place)]
    }
    words.expectEnd()
    const { nodes, end: last } = this.nodes(place)
    if (last === undefined) throw new TemplateError(`{{${kind}}} has no {{end}}`)
    if (last.keyword === 'else') throw new TemplateError(`{{${kind}}} has two {{else}}`)
    last.words.expectEnd()
    return nodes
  }
}

/** The tokens of one action. */
class Words {
  readonly #tokens: readonly Token[]
  readonly #source: string
  #at = 0

  constructor(tokens: readonly Token[], source: string) {
    this.#tokens = tokens
    this.#source = source
  }

  /** Returns the name that is next, if a name is. */
  name(): string | undefined {
    const token = this.#tokens[this.#at]
    return token?.kind === 'name' ? token.text : undefined
  }

  skip(): void {
    this.#at++
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) this.#fail()
  }

  wholePipeline(options: { readonly isRange: boolean }): Pipeline {
    const pipeline = this.#pipeline(options)
    this.expectEnd()
    return pipeline
  }

  #pipeline({ isRange }: { readonly isRange: boolean }): Pipeline {
    const { variables, declares } = this.#variables(isRange)
    const commands = [this.#command()]
    while (this.#takeMark('|')) commands.push(this.#command())
    return { variables, declares, commands }
  }

  /** Takes `$x :=`, `$x =` or, of a range, `$i, $x :=`. */
  #variables(isRange: boolean): Pick<Pipeline, 'variables' | 'declares'> {
    const names: string[] = []
    const start = this.#at
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'variable' || token.name === '') break
      names.push(token.name)
      this.#at++
      if (this.#takeMark(':=')) return { variables: names, declares: true }
      if (this.#takeMark('=')) return { variables: names, declares: false }
      if (!(isRange && names.length === 1 && this.#takeMark(','))) break
    }
    this.#at = start
    return { variables: [], declares: false }
  }

  #command(): readonly Operand[] {
    const operands: Operand[] = []
    for (let operand = this.#operand(); operand !== undefined; operand = this.#operand())
      operands.push(operand)
    if (operands.length === 0) this.#fail()
    return operands
  }

  #operand(): Operand | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined) return undefined
    if (token.kind === 'mark') {
      if (!this.#takeMark('(')) return undefined
      const pipeline = this.#pipeline({ isRange: false })
      if (!this.#takeMark(')')) throw new TemplateError(`a parenthesis is not closed in ${this.#source}`)
      return { kind: 'nested', pipeline, fields: this.#attachedFields() }
    }
    this.#at++
    switch (token.kind) {
      case 'literal':
        return token
      case 'fields':
        return { kind: 'field', fields: token.fields }
      case 'variable':
        return { kind: 'variable', name: token.name, fields: this.#attachedFields() }
      case 'name':
        return operandOfName(token.text)
    }
  }

  #attachedFields(): readonly string[] {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'fields' || !token.isAttached) return []
    this.#at++
    return token.fields
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'mark' || token.text !== text) return false
    this.#at++
    return true
  }

  #fail(): never {
    const isEmpty = this.#at >= this.#tokens.length
    throw new TemplateError(isEmpty ? `a value is missing in ${this.#source}` : `unexpected ${this.#source}`)
  }
}

const CONSTANTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, nil: null }

function operandOfName(name: string): Operand {
  return Object.hasOwn(CONSTANTS, name)
    ? { kind: 'literal', value: CONSTANTS[name] ?? null }
    : { kind: 'function', name }
}
