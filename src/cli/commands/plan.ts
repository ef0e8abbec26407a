import { type CommandDefinition, defineCommand } from '../define-command.ts'
import { addUpOptions, publishingOn, type UpValues, upOptions } from '../options/up-options.ts'
import { type PlanFormat, printPlan } from '../print-plan.ts'

/** `plan`: shows what `up` would do and why. */
export const command: CommandDefinition = defineCommand<UpValues & PlanFormat>({
  describe: plan =>
    addUpOptions(plan.description('Show what "up" would do, and why').argument('[service...]'))
      .option('--json', 'Show the plan as JSON')
      .option('--detailed-exitcode', 'Exit with 3 if there is something to do, with 0 if not'),
  examples: [
    ['tcompose plan', 'what up would do, and why'],
    ['tcompose plan --detailed-exitcode', 'exit with 3 if there is something to do'],
  ],
  dryRun: 'reads',
  run: async (context, services, values) =>
    printPlan(publishingOn(context, values), upOptions(services, values, false), values),
})
