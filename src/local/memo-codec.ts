import type { LoadInput } from '../app/load/load-inputs.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import { checkSeal, checksumOf } from '../disk/checksum.ts'
import { decodeRecord } from '../disk/codec.ts'
import { recordText } from '../disk/record-file.ts'
import type { Origins, Project } from '../model/project.ts'
import type { LocatedProject } from '../parser/project/read-project.ts'
import type { Excerpts } from './inline-contents.ts'
import { decodeOrigins, encodeOrigins } from './origins-codec.ts'

/** What is kept of a load. */
export interface Memo<P extends Project = Project> {
  readonly inputs: readonly LoadInput[]
  /** Hash of the answers to `inputs`, in their order. */
  readonly answers: string
  /** Without what its secrets and configs hold. */
  readonly project: P
  /** Where in the answers that is. */
  readonly excerpts: Excerpts
  readonly diagnostics: readonly Diagnostic[]
}

/** Returns `memo` as two lines: the second holds the places of values, which are asked for only when something fails. */
export function encodeMemo({ project: located, ...memo }: Memo<LocatedProject>): string {
  const { origins, ...project } = located
  const places = encodeOrigins(origins)
  const head: Head = { ...memo, project, places: checksumOf(places) }
  return `${recordText(head)}\n${places}`
}

/** Reads what `encodeMemo` wrote; undefined for anything else. */
export function decodeMemo(text: string): Memo | undefined {
  const end = text.indexOf('\n')
  const head = decodeOrUndefined(text.slice(0, end))
  if (!isHead(head)) return undefined
  const { places, ...memo } = head
  return { ...memo, project: { ...memo.project, origins: lazyOrigins(text.slice(end + 1), places) } }
}

interface Head extends Omit<Memo, 'project'> {
  readonly project: Omit<Project, 'origins'>
  /** The checksum of the second line. */
  readonly places: string
}

/** The build that wrote a memo is the one that reads it, so its shape need not be checked to the last field. */
function isHead(value: unknown): value is Head {
  if (typeof value !== 'object' || value === null) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  const project = fields.get('project')
  return (
    Array.isArray(fields.get('inputs')) &&
    typeof fields.get('answers') === 'string' &&
    fields.get('excerpts') instanceof Map &&
    typeof fields.get('places') === 'string' &&
    Array.isArray(fields.get('diagnostics')) &&
    typeof project === 'object' &&
    project !== null &&
    'services' in project &&
    project.services instanceof Map
  )
}

function lazyOrigins(text: string, checksum: string): Origins {
  let decoded: Origins | undefined
  return {
    get: path => {
      decoded ??= (checksumOf(text) === checksum ? decodeOrigins(text) : undefined) ?? new Map()
      return decoded.get(path)
    },
  }
}

function decodeOrUndefined(text: string): unknown {
  try {
    return checkSeal(text) === 'sound' ? decodeRecord(text) : undefined
  } catch {
    // Truncated or overwritten: treated as missing.
    return undefined
  }
}
