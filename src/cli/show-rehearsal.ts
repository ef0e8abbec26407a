import type { Plan } from '../app/index.ts'
import { rehearse } from '../app/rehearsal.ts'
import type { CommandContext } from './command-context.ts'
import { openProgress } from './views/open-progress.ts'

/** Shows the steps of `plan` in the words of the progress, as if each had been done; `title` heads them, e.g. `up`. */
export async function showRehearsal(context: CommandContext, title: string, plan: Plan): Promise<void> {
  const view = await openProgress(title, context.settings, context.ports)
  view.onPlan(plan)
  rehearse(plan, event => view.onEvent(event))
  await view.close()
}
