import { parseGoBool } from '../../../base/parse-go-bool.ts'
import type { RunMountFlag, Word } from '../../../model/dockerfile.ts'
import { MOUNT_SHARINGS, mountBytes, mountId, mountMode } from '../../../model/mount-option.ts'

type MountType = RunMountFlag['type']

/**
 * Returns what is wrong with the value of a key of a mount, where KEY is the key as written; undefined if nothing is, or
 * if that depends on a variable. `type` is the one that is known so far: it has to come before keys that need it.
 */
export function valueProblem(type: MountType, name: string, text: string): string | undefined {
  const misplaced = placeProblem(type, name)
  if (misplaced !== undefined) return misplaced
  const rule = VALUES.get(name)
  if (rule === undefined || text.includes('$') || rule.accepts(text)) return undefined
  return `"KEY" is "${text}", expected ${rule.expected}`
}

interface ValueRule {
  readonly accepts: (text: string) => boolean
  readonly expected: string
}

const IS_BOOLEAN: ValueRule = {
  accepts: text => parseGoBool(text) !== undefined,
  expected: '"true" or "false"',
}
const IS_ID: ValueRule = {
  accepts: text => mountId(text) !== undefined,
  expected: 'a number',
}

const VALUES: ReadonlyMap<string, ValueRule> = new Map([
  ['readonly', IS_BOOLEAN],
  ['readwrite', IS_BOOLEAN],
  ['required', IS_BOOLEAN],
  ['uid', IS_ID],
  ['gid', IS_ID],
  [
    'mode',
    {
      accepts: text => mountMode(text) !== undefined,
      expected: 'an octal number such as "0755"',
    },
  ],
  [
    'sharing',
    {
      accepts: text => MOUNT_SHARINGS.some(name => name === text.toLowerCase()),
      expected: '"shared", "private" or "locked"',
    },
  ],
  ['size', { accepts: text => mountBytes(text) !== undefined, expected: 'a size such as "64m"' }],
])

const NEEDED_TYPES: ReadonlyMap<string, readonly MountType[]> = new Map([
  ['required', ['secret', 'ssh']],
  ['size', ['tmpfs']],
  ['env', ['secret']],
])

function placeProblem(type: MountType, name: string): string | undefined {
  const types = NEEDED_TYPES.get(name)
  if (types === undefined || types.includes(type)) return undefined
  return `"KEY" needs type=${types.join(' or type=')} before it`
}

/** What is wrong with a mount, and the option that makes it so. */
export interface MountProblem {
  readonly word: Word | undefined
  readonly state: string
}

/** Returns which options of a mount do not go together. */
export function mountProblems({ type, options }: RunMountFlag): readonly MountProblem[] {
  const problems: MountProblem[] = []
  const refuse = (name: string): void => {
    const word = options.get(name)
    if (word !== undefined) problems.push({ word, state: `type=${type} has no "${name}"` })
  }
  if (type === 'bind' || type === 'tmpfs') for (const name of ['mode', 'uid', 'gid']) refuse(name)
  if (type !== 'cache') refuse('sharing')
  if (type === 'secret') {
    refuse('from')
    const named = ['source', 'target', 'id'].filter(name => (options.get(name)?.text ?? '') !== '')
    if (named.length === 0)
      problems.push({ word: undefined, state: 'type=secret needs "id", "source" or "target"' })
    if (named.includes('source') && named.includes('id')) {
      problems.push({
        word: options.get('id'),
        state: '"id" and "source" are the same, expected one of them',
      })
    }
  }
  return problems
}
