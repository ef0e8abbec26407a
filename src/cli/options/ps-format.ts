import { objectIn } from '../../base/json-reader.ts'
import type { CliPorts } from '../cli-ports.ts'
import { type ListFormat, parseListFormat } from './list-format.ts'

/**
 * Returns how `ps` lists containers by `psFormat` of Docker's `config.json`; undefined where that does not say.
 *
 * @throws {UsageError} If what it says is no format.
 */
export function psFormat({
  environment,
  readSource,
}: Pick<CliPorts, 'environment' | 'readSource'>): ListFormat | undefined {
  const home = environment.get('HOME')
  const folder = environment.get('DOCKER_CONFIG') || (home && `${home}/.docker`)
  const text = folder ? readSource(`${folder}/config.json`) : undefined
  const format = text === undefined ? undefined : objectIn(text)?.['psFormat']
  return typeof format === 'string' && format !== '' ? parseListFormat(format) : undefined
}
