import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { RunInstruction, Word } from '../../model/dockerfile.ts'
import { RUN_NETWORKS, RUN_SECURITIES } from '../../model/dockerfile-names.ts'
import type { RunOperation } from './build-graph.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { argvOf } from './image-instructions.ts'
import { InstructionError } from './instruction-error.ts'
import { proxyEnvironment } from './proxy-environment.ts'
import { planMounts } from './run-mounts.ts'
import { runScript } from './run-script.ts'
import { type StageContext, type StageState, withStep } from './stage-state.ts'

/** RUN. @throws {InstructionError} If a flag cannot be used, or is not allowed. */
export function planRun(state: StageState, instruction: RunInstruction, context: StageContext): StageState {
  const { request } = context
  const { command, files } = runScript(instruction)
  const argv = argvOf(command, state.settings)
  const mounts = planMounts(state, instruction, context)
  const operation: RunOperation = {
    kind: 'run',
    argv,
    files,
    environment: environmentOf(state, mounts),
    uncachedEnvironment: proxyEnvironment(request.args),
    user: state.settings.user,
    workingDir: state.settings.workingDir || '/',
    mounts,
    network: networkOf(instruction.network, request),
    security: securityOf(instruction.security, request),
  }
  const names = state.argumentNames
  const prefix = names.length === 0 ? [] : [`|${names.length}`, ...names]
  const createdBy = `RUN ${[...prefix, ...argv].join(' ')} # buildkit`
  return withStep(state, { operation, createdBy, instruction }, context)
}

function environmentOf({ variables }: StageState, mounts: RunOperation['mounts']): readonly string[] {
  const agent = mounts.find(({ kind }) => kind === 'ssh')
  const socket = agent?.kind === 'ssh' && !variables.has('SSH_AUTH_SOCK') ? agent.target : undefined
  const lines = [...variables].map(([name, value]) => `${name}=${value}`)
  return socket === undefined ? lines : [...lines, `SSH_AUTH_SOCK=${socket}`]
}

/** A build that is on the host's network as a whole allows RUN to be so. */
function networkOf(
  word: Word | undefined,
  { network, entitlements }: BuildPlanRequest,
): RunOperation['network'] {
  if (word === undefined) return network
  const found = RUN_NETWORKS.find(name => name === word.text)
  if (found === undefined) throw noSuchValue('network', word, RUN_NETWORKS)
  if (found === 'host' && network !== 'host' && !entitlements.has('network.host')) {
    throw notAllowed(word, { flag: 'network', entitlement: 'network.host' })
  }
  return found === 'default' ? network : found
}

function securityOf(word: Word | undefined, { entitlements }: BuildPlanRequest): RunOperation['security'] {
  if (word === undefined) return 'sandbox'
  const found = RUN_SECURITIES.find(name => name === word.text)
  if (found === undefined) throw noSuchValue('security', word, RUN_SECURITIES)
  if (found === 'insecure' && !entitlements.has('security.insecure')) {
    throw notAllowed(word, { flag: 'security', entitlement: 'security.insecure' })
  }
  return found
}

function noSuchValue(flag: string, { text, span }: Word, known: readonly string[]): InstructionError {
  const hint = suggestOneOf(text, known)
  return new InstructionError(`Cannot use --${flag}=${text}: there is no such value`, { span, hint })
}

function notAllowed(
  { text, span }: Word,
  { flag, entitlement }: { readonly flag: string; readonly entitlement: string },
): InstructionError {
  return new InstructionError(`Cannot use --${flag}=${text}: ${entitlement} is not allowed`, {
    code: 'build-unsupported',
    span,
    hint: `add ${entitlement} to build.entitlements of the service`,
  })
}
