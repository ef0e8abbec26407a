import { assertNever } from '../../base/assert-never.ts'
import type { ArgInstruction, Instruction, WorkdirInstruction } from '../../model/dockerfile.ts'
import { SCAN_ARGUMENTS } from '../../model/dockerfile-names.ts'
import { planCopy } from './copy-operation.ts'
import { expandWord } from './expand-word.ts'
import { planExpose } from './exposed-ports.ts'
import type { Variables } from './global-scope.ts'
import { planHealthcheck } from './health-check.ts'
import {
  planEnv,
  planLabel,
  planProcess,
  planShell,
  planStopsignal,
  planUser,
  planVolume,
} from './image-instructions.ts'
import { about } from './instruction-error.ts'
import { joinPath } from './join-path.ts'
import { planRun } from './run-operation.ts'
import { expandIn, type StageContext, type StageState, withSettings, withStep } from './stage-state.ts'

/**
 * Returns what a stage is behind an instruction.
 *
 * @throws {SyntaxError} If the instruction cannot be carried out as it is written.
 */
export function planInstruction(
  state: StageState,
  instruction: Instruction,
  context: StageContext,
): StageState {
  switch (instruction.kind) {
    case 'arg':
      return planArg(state, instruction, context)
    case 'copy':
    case 'add':
      return planCopy(state, instruction, context)
    case 'env':
      return planEnv(state, instruction, context)
    case 'expose':
      return planExpose(state, instruction, context)
    case 'healthcheck':
      return planHealthcheck(state, instruction)
    case 'label':
      return planLabel(state, instruction, context)
    case 'maintainer':
      return withSettings(state, { author: instruction.name.text }, `MAINTAINER ${instruction.name.text}`)
    case 'onbuild':
      return withTrigger(state, instruction.trigger)
    case 'cmd':
    case 'entrypoint':
      return planProcess(state, instruction)
    case 'run':
      return planRun(state, instruction, context)
    case 'shell':
      return planShell(state, instruction)
    case 'stopsignal':
      return planStopsignal(state, instruction, context)
    case 'user':
      return planUser(state, instruction, context)
    case 'volume':
      return planVolume(state, instruction, context)
    case 'workdir':
      return planWorkdir(state, instruction, context)
    default:
      return assertNever(instruction)
  }
}

/** An ARG sees those before it, on its own line too. Its value is that of the request, its own, or the global one. */
function planArg(state: StageState, { args }: ArgInstruction, context: StageContext): StageState {
  const { request, globals } = context
  let variables: Variables = state.variables
  for (const { name, value: word } of args) {
    const own = (): string | undefined =>
      word && about(word, () => expandWord(word.text, key => variables.get(key), request.dockerfile.escape))
    const value = request.args.get(name) ?? own() ?? globals.get(name)
    if (value !== undefined && !SCAN_ARGUMENTS.includes(name))
      variables = new Map([...variables, [name, value]])
  }
  const names = args.map(({ name }) => name)
  return {
    ...withSettings(state, {}, `ARG ${names.join(' ')}`),
    variables,
    argumentNames: [...new Set([...state.argumentNames, ...names])],
  }
}

function withTrigger(state: StageState, trigger: string): StageState {
  const { settings } = state
  return { ...state, settings: { ...settings, onBuild: [...settings.onBuild, trigger] } }
}

function planWorkdir(state: StageState, instruction: WorkdirInstruction, context: StageContext): StageState {
  const path = joinPath(state.settings.workingDir, expandIn(state, instruction.path, context))
  const moved = { ...state, settings: { ...state.settings, workingDir: path } }
  const createdBy = `WORKDIR ${path}`
  if (path === '/') return withSettings(moved, {}, createdBy)
  const operation = { kind: 'workdir', path, user: state.settings.user } as const
  return withStep(moved, { operation, createdBy, instruction }, context)
}
