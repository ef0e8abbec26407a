import type { Checked } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { CheckDirective, Word } from '../../model/dockerfile.ts'
import { trimGoSpace } from './go-space.ts'

const OPTIONS = ['skip', 'error', 'experimental']

/** Reads the value of a `# check=` directive, such as `skip=JSONArgsRecommended;error=true`. */
export function readCheckDirective(value: Word | undefined): Checked<CheckDirective> {
  if (value === undefined) return { value: undefined, diagnostics: [] }
  let check: CheckDirective = { skip: [], experimental: [], failsOnWarning: false }
  for (const part of value.text.split(';')) {
    const [name, text] = splitOption(part)
    if (text === undefined || !OPTIONS.includes(name)) return refuse(value, name)
    const option = readOption(name, text)
    if (option === undefined) return refuseBool(value, text)
    check = { ...check, ...option }
  }
  return { value: check, diagnostics: [] }
}

function splitOption(part: string): readonly [name: string, text: string | undefined] {
  const equals = part.indexOf('=')
  if (equals === -1) return [trimGoSpace(part), undefined]
  return [trimGoSpace(part.slice(0, equals)), trimGoSpace(part.slice(equals + 1))]
}

function readOption(name: string, text: string): Partial<CheckDirective> | undefined {
  if (name !== 'error') return { [name]: text === 'all' ? 'all' : text.split(',').map(trimGoSpace) }
  const failsOnWarning = parseGoBool(text)
  return failsOnWarning === undefined ? undefined : { failsOnWarning }
}

function refuse({ span }: Word, name: string): Checked<CheckDirective> {
  const message = `Cannot read directive "check": "${name}" is no option of it`
  const hint = suggestOneOf(name, OPTIONS)
  return {
    value: undefined,
    diagnostics: [
      { severity: 'error', code: 'dockerfile', message, span, ...(hint === undefined ? {} : { hint }) },
    ],
  }
}

function refuseBool({ span }: Word, text: string): Checked<CheckDirective> {
  const message = `Cannot read directive "check": "error" is "${text}", expected "true" or "false"`
  return { value: undefined, diagnostics: [{ severity: 'error', code: 'dockerfile', message, span }] }
}
