import type { Service } from '../../../model/service.ts'

/** What of a service says what runs it. */
export type RuntimeWish = Pick<Service, 'name' | 'runtime' | 'isolation'>

/** Tells whether something else than tcompose itself runs a service. What finds it is loaded for such a service alone. */
export function asksForRuntime({
  runtime,
  isolation = 'process',
}: Pick<RuntimeWish, 'runtime' | 'isolation'>): boolean {
  return runtime !== undefined || isolation !== 'process'
}
