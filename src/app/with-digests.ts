import { hmacSha256Hex } from '../base/sha256.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { Engine, ServiceFiles } from '../engine/engine.ts'
import type { Project } from '../model/project.ts'
import { type ServiceFile, serviceFileLabel, withoutContent } from '../model/service-file.ts'
import type { DesiredState } from '../planner/index.ts'
import { forecastHost } from './forecast-host.ts'
import type { ReadServiceFile } from './service-file-reader.ts'

/** A project whose secrets and configs were read, or why it cannot be brought up. */
export type DigestedProject =
  | { readonly kind: 'read'; readonly project: Project; readonly files: ServiceFiles }
  | { readonly kind: 'unreadable'; readonly errors: readonly TcomposeError[] }

/**
 * Returns `project` with the digests of the secrets and configs that the services of `desired` have. A digest tells
 * whether the content is that of the container that runs; nobody can guess the content from it without the project's key.
 */
export async function withDigests(
  project: Project,
  desired: DesiredState,
  { engine, read }: { readonly engine: Engine; readonly read: ReadServiceFile },
): Promise<DigestedProject> {
  const wanted = desired.services.filter(({ config: { files = [] } }) => files.length > 0)
  if (wanted.length === 0) return { kind: 'read', project, files: { key: undefined, read } }
  const key = await engine.digestKey(project.name)
  const errors: TcomposeError[] = []
  const digestOf = digester(key, read)
  const services = new Map(project.services)
  for (const { config } of wanted) {
    const outcomes = await Promise.all((config.files ?? []).map(file => digested(file, digestOf)))
    errors.push(...outcomes.flatMap(({ error }) => error ?? []))
    services.set(config.name, { ...config, files: outcomes.map(({ file }) => file) })
  }
  return errors.length > 0
    ? { kind: 'unreadable', errors: [...errors, ...(await hostProblems(engine, desired))] }
    : { kind: 'read', project: { ...project, services }, files: { key, read } }
}

/** What cannot be planned is not looked at further, so all that can be told is told at once. */
async function hostProblems(engine: Engine, { services }: DesiredState): Promise<readonly TcomposeError[]> {
  return (
    await forecastHost(
      engine,
      services.map(({ config }) => config),
    )
  ).problems
}

/** Returns what hashes the content of a file: once, however many services have it. */
function digester(key: Uint8Array, read: ReadServiceFile): (file: ServiceFile) => Promise<string> {
  const known = new Map<string, string>()
  return async file => {
    const content = await read(file)
    const label = serviceFileLabel(file)
    const digest = known.get(label) ?? hmacSha256Hex(key, content)
    known.set(label, digest)
    return digest
  }
}

interface Digested {
  readonly file: ServiceFile
  /** Why it has no digest. */
  readonly error?: TcomposeError
}

async function digested(
  file: ServiceFile,
  digestOf: (file: ServiceFile) => Promise<string>,
): Promise<Digested> {
  try {
    return { file: { ...withoutContent(file), digest: await digestOf(file) } }
  } catch (error) {
    if (error instanceof TcomposeError) return { file, error }
    throw error
  }
}
