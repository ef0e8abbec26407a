import type { AppContext } from './app-context.ts'

/**
 * A verb of tcompose: what it works with comes first, what is asked of it behind that. One that reads a Compose file
 * returns its diagnostics; one that fails for a reason of the host rejects with a `TcomposeError`. None prints, reads
 * argv or looks at this process.
 */
export type UseCase<Arguments extends readonly unknown[], Result> = (
  context: AppContext,
  ...given: Arguments
) => Promise<Result>

/** Calls a use case with the context that the caller need not know. */
export type CallUseCase = <Arguments extends readonly unknown[], Result>(
  useCase: UseCase<Arguments, Result>,
  ...given: Arguments
) => Promise<Result>
