import type { Dockerfile, Instruction, InstructionLayout, Stage } from '../../../model/dockerfile.ts'
import type { Check, Finding } from './check.ts'
import { lineageOf } from './stage-bases.ts'

/** CMD and ENTRYPOINT are JSON arrays, unless SHELL chooses the shell. */
export const jsonArgsRecommended: Check = {
  name: 'JSONArgsRecommended',
  find: dockerfile => dockerfile.stages.flatMap(stage => findShellForms(stage, dockerfile)),
}

function findShellForms(stage: Stage, dockerfile: Dockerfile): readonly Finding[] {
  const bases = lineageOf(stage, dockerfile).slice(0, -1)
  let hasShell = bases.some(({ instructions }) => instructions.some(({ kind }) => kind === 'shell'))
  const findings: Finding[] = []
  for (const instruction of stage.instructions) {
    hasShell ||= instruction.kind === 'shell'
    if (hasShell || (instruction.kind !== 'cmd' && instruction.kind !== 'entrypoint')) continue
    if (instruction.command.form === 'exec') continue
    const name = instruction.kind.toUpperCase()
    findings.push({
      message: `${name} is run by a shell, which does not pass signals on`,
      span: keywordSpan(dockerfile.layout, instruction),
      hint: `write ${name} as a JSON array such as ["PROGRAM", "ARGUMENT"]`,
    })
  }
  return findings
}

const ONCE: ReadonlySet<Instruction['kind']> = new Set(['cmd', 'entrypoint', 'healthcheck'])

/** A stage has one CMD, one ENTRYPOINT and one HEALTHCHECK. */
export const multipleInstructionsDisallowed: Check = {
  name: 'MultipleInstructionsDisallowed',
  find: ({ stages, layout }) => stages.flatMap(stage => findOverridden(stage, layout)),
}

function findOverridden({ instructions }: Stage, layout: readonly InstructionLayout[]): readonly Finding[] {
  const findings: Finding[] = []
  const last = new Map<Instruction['kind'], Instruction>()
  for (const instruction of instructions) {
    const { kind } = instruction
    if (!ONCE.has(kind)) continue
    const earlier = last.get(kind)
    last.set(kind, instruction)
    if (earlier === undefined) continue
    findings.push({
      message: `${kind.toUpperCase()} has no effect: another one follows in the stage`,
      span: keywordSpan(layout, earlier),
      hint: 'remove one of them',
      related: [{ message: 'this one follows', span: keywordSpan(layout, instruction) }],
    })
  }
  return findings
}

function keywordSpan(layout: readonly InstructionLayout[], wanted: Instruction): Finding['span'] {
  return layout.find(({ instruction }) => instruction === wanted)?.keyword.span ?? wanted.span
}
