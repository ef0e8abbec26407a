import type {
  CommandText,
  EnvInstruction,
  LabelInstruction,
  ProcessInstruction,
  ShellInstruction,
  StopsignalInstruction,
  UserInstruction,
  VolumeInstruction,
  WordPair,
} from '../../model/dockerfile.ts'
import { isStopSignal } from '../../model/signal.ts'
import { type ImageSettings, withVariable } from './image-settings.ts'
import { InstructionError } from './instruction-error.ts'
import { expandIn, type StageContext, type StageState, withSettings } from './stage-state.ts'

type Pair = readonly [name: string, value: string]

/** ENV: variables on one line do not see each other. */
export function planEnv(state: StageState, { entries }: EnvInstruction, context: StageContext): StageState {
  const pairs = expandedPairs(state, entries, context)
  let { environment } = state.settings
  for (const [name, value] of pairs) environment = withVariable(environment, name, value)
  const planned = withSettings(state, { environment }, `ENV ${pairsText(pairs)}`)
  return { ...planned, variables: new Map([...state.variables, ...pairs]) }
}

/** LABEL. */
export function planLabel(
  state: StageState,
  { entries }: LabelInstruction,
  context: StageContext,
): StageState {
  const pairs = expandedPairs(state, entries, context)
  const labels = new Map([...state.settings.labels, ...pairs])
  return withSettings(state, { labels }, `LABEL ${pairsText(pairs)}`)
}

function expandedPairs(
  state: StageState,
  entries: readonly WordPair[],
  context: StageContext,
): readonly Pair[] {
  return entries.map(({ name, value }) => [expandIn(state, name, context), expandIn(state, value, context)])
}

function pairsText(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(' ')
}

/** CMD and ENTRYPOINT, which drops a CMD that is not of this stage. */
export function planProcess(state: StageState, { kind, command }: ProcessInstruction): StageState {
  const argv = argvOf(command, state.settings)
  const createdBy = `${kind.toUpperCase()} [${argv.map(text => JSON.stringify(text)).join(' ')}]`
  if (kind === 'cmd') return { ...withSettings(state, { command: argv }, createdBy), setsCommand: true }
  return withSettings(state, { entrypoint: argv, ...(!state.setsCommand && { command: [] }) }, createdBy)
}

/** Returns the arguments of a command; the shell form is given to the image's shell. */
export function argvOf(command: CommandText, { shell }: ImageSettings): readonly string[] {
  if (command.form === 'exec') return command.argv
  return [...(shell.length === 0 ? ['/bin/sh', '-c'] : shell), command.command]
}

/** SHELL. */
export function planShell(state: StageState, { argv }: ShellInstruction): StageState {
  return withSettings(state, { shell: argv }, `SHELL [${argv.join(' ')}]`)
}

/** STOPSIGNAL. @throws {InstructionError} If there is no such signal. */
export function planStopsignal(
  state: StageState,
  { signal }: StopsignalInstruction,
  context: StageContext,
): StageState {
  const stopSignal = expandIn(state, signal, context)
  if (!isStopSignal(stopSignal)) {
    throw new InstructionError(`Cannot use stop signal "${stopSignal}": there is no such signal`, {
      span: signal.span,
      hint: 'name it as in SIGTERM, or give its number',
    })
  }
  return withSettings(state, { stopSignal }, `STOPSIGNAL ${stopSignal}`)
}

/** USER. */
export function planUser(state: StageState, instruction: UserInstruction, context: StageContext): StageState {
  const user = expandIn(state, instruction.user, context)
  return withSettings(state, { user }, `USER ${user}`)
}

/** VOLUME. @throws {InstructionError} If a path is empty. */
export function planVolume(
  state: StageState,
  { paths }: VolumeInstruction,
  context: StageContext,
): StageState {
  const added = paths.map(word => {
    const path = expandIn(state, word, context)
    if (path !== '') return path
    throw new InstructionError(`Cannot make volume "${word.text}": its path is empty`, { span: word.span })
  })
  const volumes = new Set([...state.settings.volumes, ...added])
  return withSettings(state, { volumes }, `VOLUME [${added.join(' ')}]`)
}
