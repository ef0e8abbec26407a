import type { Overlay } from '../parser/load-request.ts'

/** What `run` says in the words of a Compose file, so that it is read and checked as the file is. */
export interface OverlaidOptions {
  readonly service: string
  /** `source:target[:options]`. */
  readonly volumes: readonly string[]
  /** In place of the service's. */
  readonly publish: readonly string[]
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  /** Where relative sources of volumes start. */
  readonly workingDirectory: string
}

/** Returns the document that lies over the files of the project; undefined where nothing of it was asked for. */
export function oneOffOverlay(options: OverlaidOptions): Overlay | undefined {
  const { service, publish, capAdd, capDrop, workingDirectory } = options
  const volumes = options.volumes.map(text => fromFolder(text, workingDirectory))
  const lines = [
    ...linesOf('volumes', volumes),
    ...linesOf('ports', publish, '!override '),
    ...linesOf('cap_add', capAdd),
    ...linesOf('cap_drop', capDrop),
  ]
  if (lines.length === 0) return undefined
  const named = volumes.flatMap(text => /^([^./~:][^:]*):/.exec(text)?.[1] ?? [])
  const declared = [...new Set(named)].map(name => `${quoted(name)}: {}`)
  const text = [`services: {${quoted(service)}: {${lines.join(', ')}}}`, `volumes: {${declared.join(', ')}}`]
  return { name: 'command line', text: `${text.join('\n')}\n` }
}

function linesOf(key: string, texts: readonly string[], tag = ''): readonly string[] {
  return texts.length === 0 ? [] : [`${key}: ${tag}[${texts.map(quoted).join(', ')}]`]
}

/** JSON is YAML; a dollar begins no variable here. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll('$', '$$$$'))
}

function fromFolder(volume: string, folder: string): string {
  return /^\.{1,2}(?:[/:]|$)/.test(volume) ? `${folder}/${volume}` : volume
}
