import { displayWidth, padColumns } from '../base/display-width.ts'
import { describeAction } from './describe-action.ts'
import type { Plan, Step } from './plan.ts'
import { summarize } from './plan-summary.ts'

/**
 * Returns the plan for people to read: a line per step, with its number, what it touches, what it does, why, and the
 * steps it waits for; then the counts. A plan without steps is one sentence.
 */
export function planToText(plan: Plan): string {
  if (plan.steps.length === 0) return `${nothingToDo(plan)}\n`
  const { create, change, remove } = summarize(plan)
  const rows = plan.steps.map(step => cells(step, plan.project))
  const built = plan.steps.filter(({ action }) => action.kind === 'build-image').length
  const builds = built === 0 ? '' : `${built} to build, `
  const summary = `Plan: ${builds}${create} to create, ${change} to change, ${remove} to remove`
  return `${alignColumns(rows).join('\n')}\n\n${summary}\n`
}

function nothingToDo({ unchanged = [] }: Plan): string {
  if (unchanged.length === 0) return 'Nothing to do'
  const containers = unchanged.length === 1 ? '1 container is' : `${unchanged.length} containers are`
  return `Nothing to do: ${containers} up to date`
}

function cells(step: Step, project: string): readonly string[] {
  const { subject, verb } = describeAction(step.action, project)
  const mark = step.destructive === undefined ? '' : ` ! ${step.destructive.reason}`
  const dependsOn = step.dependsOn.length === 0 ? '' : `<- ${step.dependsOn.join(' ')}`
  return [String(step.id), subject, verb, `(${step.cause})${mark}`, dependsOn]
}

/** The first column is flush right, as numbers are. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => displayWidth(row[column] ?? ''))))
  return rows.map(([id = '', ...rest]) => {
    const columns = rest.map((cell, index) => padColumns(cell, widths[index + 1] ?? 0))
    return [id.padStart(widths[0] ?? 0), ...columns].join('  ').trimEnd()
  })
}
