import { suggestOneOf } from '../../base/did-you-mean.ts'
import { isObject, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../../base/json-reader.ts'
import {
  SECCOMP_ACTIONS,
  SECCOMP_OPERATORS,
  type SeccompActionName,
  type SeccompCondition,
  type SeccompFileArgument,
  type SeccompFileRule,
  type SeccompProfileFile,
} from '../../model/seccomp-profile.ts'

/**
 * Reads a policy for system calls in Docker's format.
 *
 * @throws {SyntaxError} With what is wrong, which completes "Cannot use seccomp profile ...: ".
 */
export function parseSeccompProfile(text: string): SeccompProfileFile {
  const profile = parseObject(text)
  const architectures = textsAt(profile, 'architectures')
  const archMap = objectsAt(profile, 'archMap')
  if (architectures.length > 0 && archMap.length > 0)
    throw new SyntaxError('it has both "architectures" and "archMap", expected one')
  const defaultErrnoRet = errnoAt(profile, 'defaultErrnoRet', 'it')
  for (const flag of textsAt(profile, 'flags')) {
    if (!FLAGS.has(flag)) throw new SyntaxError(`it has flag "${flag}", which is not supported`)
  }
  return {
    defaultAction: actionAt(profile, 'defaultAction', 'it'),
    ...(defaultErrnoRet !== undefined && { defaultErrnoRet }),
    architectures,
    archMap: archMap.map(entry => ({
      architecture: textAt(entry, 'architecture') ?? '',
      subArchitectures: textsAt(entry, 'subArchitectures'),
    })),
    syscalls: objectsAt(profile, 'syscalls').map((rule, index) => parseRule(rule, `rule ${index + 1}`)),
  }
}

/** Without effect on a process that has one thread and whose filter allows speculation as the kernel does by default. */
const FLAGS: ReadonlySet<string> = new Set(['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'])

/** Numbers become texts: a double does not hold all of 64 bits. */
function parseObject(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text, keepDigits)
  } catch (error) {
    // The message quotes a part of the text, with its line breaks.
    const place = error instanceof SyntaxError ? `: ${error.message.replaceAll(/\s+/g, ' ')}` : ''
    throw new SyntaxError(`it is not JSON${place}`)
  }
  if (!isObject(value)) throw new SyntaxError('it is not a JSON object')
  return value
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new Digits(context?.source ?? String(value)) : value
}

class Digits {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function parseRule(rule: JsonObject, of: string): SeccompFileRule {
  const name = textAt(rule, 'name')
  const names = textsAt(rule, 'names')
  if (name !== undefined && name !== '' && names.length > 0)
    throw new SyntaxError(`${of} has both "name" and "names", expected one`)
  const all = name !== undefined && name !== '' ? [name] : names
  if (all.length === 0) throw new SyntaxError(`${of} names no system call`)
  const errnoRet = errnoAt(rule, 'errnoRet', of)
  return {
    names: all,
    action: actionAt(rule, 'action', of),
    ...(errnoRet !== undefined && { errnoRet }),
    args: objectsAt(rule, 'args').map(argument => parseArgument(argument, of)),
    includes: parseCondition(objectAt(rule, 'includes'), of),
    excludes: parseCondition(objectAt(rule, 'excludes'), of),
  }
}

function actionAt(object: JsonObject, key: string, of: string): SeccompActionName {
  return oneOf(SECCOMP_ACTIONS, object[key], `${of} has ${key}`)
}

function oneOf<T extends string>(known: readonly T[], value: unknown, what: string): T {
  const found = known.find(one => one === value)
  if (found !== undefined) return found
  if (value === undefined) throw new SyntaxError(`${what} missing, expected one of ${known.join(', ')}`)
  const wanted = suggestOneOf(typeof value === 'string' ? value : '', known)
  throw new SyntaxError(`${what} ${JSON.stringify(value)}, ${wanted}`)
}

/** MAX_ERRNO of the kernel, which cuts higher ones. */
const MAX_ERRNO = 4095

function errnoAt(object: JsonObject, key: string, of: string): number | undefined {
  if (object[key] === undefined || object[key] === null) return undefined
  const value = Number(digitsAt(object, key, of))
  if (value > MAX_ERRNO) throw new SyntaxError(`${of} has ${key} ${value}, expected ${MAX_ERRNO} at most`)
  return value
}

function parseArgument(argument: JsonObject, of: string): SeccompFileArgument {
  const index = Number(digitsAt(argument, 'index', of))
  if (index > 5) throw new SyntaxError(`${of} compares argument ${index}, expected 0 to 5`)
  return {
    index,
    value: digitsAt(argument, 'value', of),
    valueTwo: digitsAt(argument, 'valueTwo', of),
    op: oneOf(SECCOMP_OPERATORS, argument['op'], `${of} has op`),
  }
}

const MAX_VALUE = 2n ** 64n - 1n

/** Returns the whole number at `key` as text; `0` where there is none. */
function digitsAt(object: JsonObject, key: string, of: string): string {
  const value = object[key] ?? new Digits('0')
  const text = value instanceof Digits ? value.text : JSON.stringify(value)
  if (!(value instanceof Digits) || !/^\d{1,20}$/.test(text) || BigInt(text) > MAX_VALUE)
    throw new SyntaxError(`${of} has ${key} ${text}, expected a whole number of 64 bits`)
  return text
}

function parseCondition(condition: JsonObject, of: string): SeccompCondition {
  const minKernel = textAt(condition, 'minKernel')
  if (minKernel !== undefined && !/^\d+\.\d+$/.test(minKernel))
    throw new SyntaxError(`${of} has minKernel "${minKernel}", expected a version such as "4.8"`)
  return {
    caps: textsAt(condition, 'caps'),
    arches: textsAt(condition, 'arches'),
    ...(minKernel !== undefined && { minKernel }),
  }
}
