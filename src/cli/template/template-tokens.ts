import { TemplateError } from './template-error.ts'

/** A piece of a template: text between actions, or the words of an action. */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly source: string }

/** A word or a mark within an action. */
export type Token =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'name'; readonly text: string }
  /** `.`, `.Name` or `.Name.First`, directly behind what it belongs to or alone. */
  | { readonly kind: 'fields'; readonly fields: readonly string[]; readonly isAttached: boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'mark'; readonly text: '(' | ')' | '|' | ':=' | '=' | ',' }

/** Left and right trim marks need a blank between them and what they enclose. */
const ACTION =
  /\{\{(?<left>-(?=\s))?\s*(?<comment>\/\*[\s\S]*?\*\/)?(?<body>(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|(?!\s+-\}\}|\}\})[\s\S])*?)(?<right>\s+-)?\s*\}\}/y

/**
 * Splits a template at its actions, and each action into tokens. `{{- ` and ` -}}` take the blanks beside them away, and
 * comments vanish.
 *
 * @throws {TemplateError} If an action does not end, or has what is no token.
 */
export function templateTokens(template: string): readonly TemplatePiece[] {
  const pieces: TemplatePiece[] = []
  let at = 0
  let trimsStart = false
  const addText = (text: string, trimsEnd: boolean): void => {
    const begun = trimsStart ? text.trimStart() : text
    pieces.push({ kind: 'text', text: trimsEnd ? begun.trimEnd() : begun })
  }
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', at)) {
    ACTION.lastIndex = open
    const match = ACTION.exec(template)
    if (match === null) throw new TemplateError(`the action at column ${open + 1} does not end`)
    const { left, right, comment, body = '' } = match.groups ?? {}
    addText(template.slice(at, open), left !== undefined)
    if (comment === undefined) pieces.push({ kind: 'action', tokens: actionTokens(body), source: match[0] })
    else if (body.trim() !== '') throw new TemplateError(`a comment fills its action: ${match[0]}`)
    trimsStart = right !== undefined
    at = ACTION.lastIndex
  }
  addText(template.slice(at), false)
  return pieces
}

const TOKEN =
  /(?<blank>\s+)|(?<string>"(?:[^"\\\n]|\\.)*")|`(?<raw>[^`]*)`|'(?<char>(?:[^'\\\n]|\\.)+)'|(?<number>[+-]?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))\b|\$(?<variable>\w*)|(?<fields>(?:\.\p{L}[\p{L}\p{Nd}_]*)+|\.)|(?<name>[\p{L}_][\p{L}\p{Nd}_]*)|(?<mark>:=|[()|=,])/iuy

function actionTokens(body: string): readonly Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  let isAttached = false
  while (TOKEN.lastIndex < body.length) {
    const from = TOKEN.lastIndex
    const groups = TOKEN.exec(body)?.groups
    if (groups === undefined) throw new TemplateError(`unexpected ${body.slice(from).trim()}`)
    const token = tokenOf(groups, isAttached)
    if (token !== undefined) tokens.push(token)
    isAttached = token?.kind === 'variable' || (token?.kind === 'mark' && token.text === ')')
  }
  return tokens
}

function tokenOf(groups: Record<string, string | undefined>, isAttached: boolean): Token | undefined {
  const { string, raw, char, number, variable, fields, name, mark } = groups
  if (string !== undefined) return { kind: 'literal', value: unquote(string) }
  if (raw !== undefined) return { kind: 'literal', value: raw }
  if (char !== undefined) return { kind: 'literal', value: unquote(`"${char}"`).codePointAt(0) ?? 0 }
  if (number !== undefined) return { kind: 'literal', value: Number(number) }
  if (variable !== undefined) return { kind: 'variable', name: variable }
  if (fields !== undefined) {
    return { kind: 'fields', fields: fields.split('.').filter(field => field !== ''), isAttached }
  }
  if (name !== undefined) return { kind: 'name', text: name }
  return mark === undefined ? undefined : { kind: 'mark', text: mark as '(' }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Reads a string in double quotes by the rules of Go's interpreted string literals. */
function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{3})|(.))/giu, (...match: string[]) => {
      const [, byte, short, long, octal, letter = ''] = match
      const hex = byte ?? short ?? long
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      const escaped = /^[\\"']$/.test(letter) ? letter : ESCAPES[letter]
      if (escaped === undefined) throw new TemplateError(`unknown escape \\${letter} in ${text}`)
      return escaped
    })
}
