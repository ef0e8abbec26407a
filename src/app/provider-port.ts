import type { ProviderAnswer, ProviderRequest } from '../engine/engine.ts'

/** What a provider is to do, and where its program runs. */
export interface ProviderCall extends ProviderRequest {
  readonly folder: string
  readonly environment: ReadonlyMap<string, string>
}

/** Runs the program of a provider on the machine of whoever runs the command. */
export type ProviderPort = (call: ProviderCall) => Promise<ProviderAnswer>
