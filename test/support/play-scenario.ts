import { expect } from 'vitest'
import { TestProject } from './test-project.ts'

/** Commands of one project, one after the other, and what each has to show. */
export interface Scenario {
  /** What holds. */
  readonly name: string
  readonly compose: string
  /** Further files by relative path. */
  readonly files?: Readonly<Record<string, string>>
  readonly steps: readonly ScenarioStep[]
}

export interface ScenarioStep {
  readonly run: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The exit code. @default 0 */
  readonly code?: number
  /** Texts that its output has, on either stream. */
  readonly says?: readonly string[]
  /** Texts that its output does not have. */
  readonly saysNot?: readonly string[]
  /** The state of all replicas by service, of what `run` made by `SERVICE run`; `none` where there is none. */
  readonly states?: Readonly<Record<string, string>>
  /** The numbers of a service's replicas. */
  readonly replicas?: Readonly<Record<string, readonly number[]>>
  /** Services, or `SERVICE run`, whose containers are those from before the step. */
  readonly keeps?: readonly string[]
  /** Services none of whose containers is from before the step. */
  readonly replaces?: readonly string[]
}

/** Runs the steps of a scenario and checks what each shows. */
export async function playScenario({ compose, files = {}, steps }: Scenario): Promise<void> {
  await using project = new TestProject({ compose, files })
  let before: readonly Row[] = []
  for (const step of steps) {
    const { exitCode, stdout, stderr } = await project.run(step.run, { env: step.env ?? {} })
    const said = `${stdout}${stderr}`
    const label = step.run.join(' ')
    expect({ label, exitCode, ...(exitCode !== (step.code ?? 0) && { said }) }).toEqual({
      label,
      exitCode: step.code ?? 0,
    })
    for (const text of step.says ?? []) expect(said, label).toContain(text)
    for (const text of step.saysNot ?? []) expect(said, label).not.toContain(text)
    const rows = await containersOf(project)
    checkContainers(step, rows, before)
    before = rows
  }
}

interface Row {
  /** A service, or `SERVICE run`. */
  readonly owner: string
  readonly id: string
  readonly state: string
  readonly number: number
}

async function containersOf(project: TestProject): Promise<readonly Row[]> {
  const { stdout } = await project.run(['ps', '-a', '--no-trunc', '--format', 'json'])
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
    .map(({ Service, ID, State, Labels }) => ({
      owner: /oneoff=True/.test(Labels) ? `${Service} run` : Service,
      id: ID,
      state: State,
      number: Number(/container-number=(\d+)/.exec(Labels)?.[1]),
    }))
}

function checkContainers(step: ScenarioStep, rows: readonly Row[], before: readonly Row[]): void {
  const label = step.run.join(' ')
  const idsOf = (all: readonly Row[], owner: string): readonly string[] =>
    all.flatMap(row => (row.owner === owner ? row.id : [])).sort()
  for (const [owner, state] of Object.entries(step.states ?? {})) {
    const states = new Set(rows.flatMap(row => (row.owner === owner ? row.state : [])))
    expect([...states], `${owner} after ${label}`).toEqual(state === 'none' ? [] : [state])
  }
  for (const [owner, numbers] of Object.entries(step.replicas ?? {})) {
    const found = rows.flatMap(row => (row.owner === owner ? row.number : [])).sort((a, b) => a - b)
    expect(found, `${owner} after ${label}`).toEqual(numbers)
  }
  for (const owner of step.keeps ?? []) {
    expect(idsOf(before, owner), `${owner} before ${label}`).not.toEqual([])
    expect(idsOf(rows, owner), `${owner} after ${label}`).toEqual(idsOf(before, owner))
  }
  for (const owner of step.replaces ?? []) {
    const kept = idsOf(before, owner).filter(id => idsOf(rows, owner).includes(id))
    expect(kept, `${owner} after ${label}`).toEqual([])
  }
}
