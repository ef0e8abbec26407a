import type { Image } from '../../../model/image.ts'
import type { LogTarget } from '../../../model/log-target.ts'
import type { LiveRecord } from '../state/live-record.ts'
import type { ContainerEntry } from '../state/project-record.ts'

/** Returns what a live record says of a log that is passed on to another program. */
export function liveForward(
  { spec, inheritedLogs }: Pick<ContainerEntry, 'spec' | 'inheritedLogs'>,
  image: Pick<Image, 'config'>,
): Pick<LiveRecord, 'forward'> {
  const { logging } = spec.config
  if (logging?.kind !== 'file' || logging.target === undefined) return {}
  const { target } = logging
  const fields = new Map(target.kind === 'journald' ? journalFields(target, spec.config, image) : [])
  return { forward: { target, image: spec.config.image, fields, after: inheritedLogs ?? 0 } }
}

type JournalTarget = Extract<LogTarget, { readonly kind: 'journald' }>

/** The container has the labels and variables of its image, too. */
function* journalFields(
  target: JournalTarget,
  { labels, environment }: ContainerEntry['spec']['config'],
  { config }: Pick<Image, 'config'>,
): Generator<readonly [string, string]> {
  for (const name of target.labels) {
    const value = labels.get(name) ?? config.labels.get(name)
    if (value !== undefined) yield [fieldName(name), value]
  }
  for (const name of target.variables) {
    const line = config.environment.find(text => text.startsWith(`${name}=`))
    const value = environment.has(name) ? environment.get(name) : line?.slice(name.length + 1)
    if (value !== undefined) yield [fieldName(name), value]
  }
}

/** Returns the name of a field of the journal: capital letters, digits and underscores, no underscore first. */
function fieldName(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]/g, '_')
    .replace(/^_+/, '')
}
