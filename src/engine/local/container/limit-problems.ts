import { availableParallelism } from 'node:os'
import { type Bytes, formatBytes } from '../../../base/bytes.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Service } from '../../../model/service.ts'

/** Less is refused as by dockerd: a process that small is killed before it can say anything. */
const LEAST_MEMORY = 6 * 1024 * 1024

/** Returns an error for each limit of a service that no container can live with on this machine. */
export function limitProblems({ name, limits }: Service): readonly TcomposeError[] {
  return [...memoryProblem(name, limits.memory), ...cpuProblem(name, limits.cpus)]
}

function memoryProblem(name: string, memory: Bytes | undefined): readonly TcomposeError[] {
  if (memory === undefined || memory === 0 || memory >= LEAST_MEMORY) return []
  const message = `Cannot limit the memory of service "${name}" to ${formatBytes(memory)}, expected 6MiB or more`
  const hint = 'A number without a unit counts bytes: write "512m" for 512 MiB'
  return [new TcomposeError('bad-value', message, { hint, origin: servicePath(name, 'mem_limit') })]
}

function cpuProblem(name: string, cpus: number | undefined): readonly TcomposeError[] {
  const most = availableParallelism()
  if (cpus === undefined || cpus <= most) return []
  const message = `Cannot give service "${name}" ${cpus} CPUs: this machine has ${most}`
  return [new TcomposeError('bad-value', message, { origin: servicePath(name, 'cpus') })]
}
