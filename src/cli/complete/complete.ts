import { findContainers } from '../../app/find-containers.ts'
import { loadRequested } from '../../app/find-project.ts'
import { assertNever } from '../../base/assert-never.ts'
import type { CliPorts } from '../cli-ports.ts'
import { COMMANDS, loadCommands, neededCommands } from '../command-table.ts'
import { type GlobalValues, projectRequest } from '../options/global-options.ts'
import { buildProgram } from '../program.ts'
import { safeLine } from '../views/safe-text.ts'
import { type Candidate, type Completion, completionOf } from './completion-of.ts'

/** What a shell does beside offering the candidates; cobra's `ShellCompDirective`. */
const DIRECTIVES = { files: 0, nothing: 4, folders: 16 } as const

/**
 * Writes what may complete the last of `words`: a line for each candidate, with a tab before what it means, and behind
 * them a colon and the number that says what else the shell may offer. Nothing that goes wrong is reported, since that
 * would end up in the command line.
 */
export async function complete(ports: CliPorts, words: readonly string[]): Promise<void> {
  const typed = words[0] === 'compose' ? words.slice(1) : words
  const current = typed.at(-1) ?? ''
  const before = typed.slice(0, -1)
  const { program } = buildProgram(ports, await loadCommands(commandsFor(before)))
  const completion = completionOf(program, before, current)
  const candidates = await candidatesOf(completion, ports)
  const fitting = candidates.filter(({ word }) => word.startsWith(current))
  const lines = fitting.map(({ word, description }) => `${safeLine(word)}\t${safeLine(description)}`)
  ports.stdout.write(`${[...lines, `:${directiveOf(completion)}`].join('\n')}\n`)
}

function commandsFor(before: readonly string[]): readonly string[] {
  return before.some(word => COMMANDS.includes(word)) ? neededCommands(before) : COMMANDS
}

function directiveOf({ kind }: Completion): number {
  return kind === 'files' || kind === 'folders' ? DIRECTIVES[kind] : DIRECTIVES.nothing
}

async function candidatesOf(completion: Completion, { call }: CliPorts): Promise<readonly Candidate[]> {
  switch (completion.kind) {
    case 'words':
      return completion.candidates
    case 'services': {
      const services = await quietly(() => servicesOf(call, completion.globals))
      return services.filter(({ word }) => !completion.taken.includes(word))
    }
    case 'profiles':
      return quietly(() => profilesOf(call, completion.globals))
    case 'files':
    case 'folders':
    case 'nothing':
      return []
    default:
      return assertNever(completion)
  }
}

async function quietly(find: () => Promise<readonly Candidate[]>): Promise<readonly Candidate[]> {
  try {
    return await find()
  } catch {
    return []
  }
}

/** Those of the file, whatever their profiles, with their images, and those of containers that exist. */
async function servicesOf(call: CliPorts['call'], globals: GlobalValues): Promise<readonly Candidate[]> {
  const request = { ...projectRequest(globals), profiles: ['*'], allowUnsupported: true }
  const { project } = await call(loadRequested, request)
  const found = new Map([...(project?.services ?? [])].map(([name, { image }]) => [name, image]))
  const existing = await call(findContainers, request).catch(() => undefined)
  for (const { service, image } of existing?.kind === 'found' ? existing.containers : []) {
    if (!found.has(service)) found.set(service, image)
  }
  return [...found].map(([word, description]) => ({ word, description }))
}

async function profilesOf(call: CliPorts['call'], globals: GlobalValues): Promise<readonly Candidate[]> {
  const request = { ...projectRequest(globals), profiles: ['*'], allowUnsupported: true }
  const { project } = await call(loadRequested, request)
  const names = new Set([...(project?.services.values() ?? [])].flatMap(({ profiles }) => profiles))
  return [...names].sort().map(word => ({ word, description: '' }))
}
