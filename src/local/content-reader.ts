import type { Content, ContentReader } from '../app/content-reader.ts'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { readUserFile, UnfitFile } from '../disk/user-file.ts'
import type { ServiceFile } from '../model/service-file.ts'

/** The largest secret or config: it is kept in memory for as long as its containers are. */
const LARGEST_MIB = 16

/** Reads secrets and configs on this machine. */
export function contentReader(environment: ReadonlyMap<string, string>): ContentReader {
  return {
    readFile,
    readExternal: (kind, name) => readExternal(environment, kind, name),
    run: async command => {
      const { runContentCommand } = await import('./run-content-command.ts')
      return await runContentCommand(command, LARGEST_MIB)
    },
  }
}

function readFile(path: string): Content {
  try {
    return { kind: 'read', bytes: readUserFile(path, LARGEST_MIB) }
  } catch (error) {
    if (error instanceof UnfitFile) {
      const hint = 'To show a folder to a container, mount it with "volumes"'
      return { kind: 'unreadable', reason: error.message, ...(error.isFolder && { hint }) }
    }
    const code = errnoNameOf(error)
    if (code === undefined) throw error
    const reason = REASONS.get(code) ?? (error instanceof Error ? error.message : String(error))
    return { kind: 'unreadable', reason }
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'it does not exist'],
  ['EACCES', 'permission denied'],
])

async function readExternal(
  environment: ReadonlyMap<string, string>,
  kind: ServiceFile['kind'],
  name: string,
): Promise<Content> {
  const { readSettings } = await import('./settings.ts')
  const found = readSettings(environment)
  if (found.kind === 'unfit') return { kind: 'unreadable', reason: found.reason }
  const folder = found.folders[kind]
  if (folder === undefined) {
    const place = found.file ?? '/etc/tcompose/config.json'
    const hint = `Keep it as a file, and name its folder in ${place}: {"${kind}s": "/etc/tcompose/${kind}s"}`
    return { kind: 'unreadable', reason: `it is external, and no folder of ${kind}s is set`, hint }
  }
  if (name === '.' || name === '..' || /[/\0]/.test(name))
    return { kind: 'unreadable', reason: `"${name}" cannot be the name of a file` }
  const content = readFile(`${folder}/${name}`)
  return content.kind === 'read' ? content : { ...content, reason: `${folder}/${name}: ${content.reason}` }
}
