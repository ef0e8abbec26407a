import { chmodSync, chownSync, mkdirSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { isObject, type JsonObject, parseJsonObject } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { readSettingsIfPresent, removeFile } from '../disk/record-file.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import { UnfitFile } from '../disk/user-file.ts'
import { formatExactJson, parseExactJson } from './exact-json.ts'
import { settingsInvalid } from './registry-errors.ts'

/** Returns where Docker's `config.json` is, or would be; undefined without a home. */
export function dockerConfigPath(environment: NodeJS.ProcessEnv): string | undefined {
  const folder = environment['DOCKER_CONFIG'] || (environment['HOME'] && join(environment['HOME'], '.docker'))
  return folder ? join(folder, 'config.json') : undefined
}

/**
 * Returns what `read` makes of the file's content; undefined where there is no file.
 *
 * @throws {TcomposeError} `registry-settings` if it is malformed or may not be read, naming the file.
 */
export async function readDockerConfig<T>(
  environment: NodeJS.ProcessEnv,
  read: (config: JsonObject) => Promise<T>,
): Promise<T | undefined> {
  const path = dockerConfigPath(environment)
  const text = path === undefined ? undefined : readText(path)
  if (path === undefined || text === undefined) return undefined
  try {
    return await read(parseJsonObject(Buffer.from(text || '{}'), 'text'))
  } catch (error) {
    if (error instanceof SyntaxError) throw settingsInvalid(path, error.message, error)
    throw error
  }
}

/**
 * Replaces the content of the file at `path` by what `change` makes of it, whole, for its owner alone. A link is
 * followed. Where `change` returns undefined the file stays as it is.
 *
 * @throws {TcomposeError} `registry-settings` if what is there is malformed, or it cannot be written.
 */
export function changeDockerConfig(
  path: string,
  change: (config: JsonObject) => JsonObject | undefined,
): void {
  try {
    const text = readText(path)
    const config = text ? parseExactJson(text) : {}
    if (!isObject(config)) throw new SyntaxError('its text is not a JSON object')
    const changed = change(config)
    if (changed !== undefined) writeWhole(path, `${formatExactJson(changed)}\n`)
  } catch (error) {
    if (error instanceof SyntaxError) throw settingsInvalid(path, error.message, error)
    if (errnoNameOf(error) === undefined) throw error
    throw settingsInvalid(path, 'it cannot be written, expected a file of this user', error)
  }
}

/** Other than the state of tcompose, this file is of the user who runs the command. */
function readText(path: string): string | undefined {
  try {
    return readSettingsIfPresent(path)
  } catch (error) {
    if (error instanceof UnfitFile) throw settingsInvalid(path, error.message, error)
    if (!(error instanceof TcomposeError)) throw error
    throw settingsInvalid(path, 'this user may not read it, expected a file of this user', error.cause)
  }
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const target = realPath(path)
  const owner = statSync(target, { throwIfNoEntry: false })
  const temporary = join(dirname(target), temporaryName())
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx', flush: true })
    // The mode of a new file is cut by the umask, never widened; root may write another user's file.
    chmodSync(temporary, 0o600)
    if (owner !== undefined && owner.uid !== process.getuid?.()) chownSync(temporary, owner.uid, owner.gid)
    renameSync(temporary, target)
  } catch (error) {
    removeFile(temporary)
    throw error
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
