/** What of this machine is needed to get files from others. */
export interface RemotePlace {
  /** Where fetched files stay: it is the folder of projects that run. */
  readonly folder: string
  readonly environment: ReadonlyMap<string, string>
  /** Ends what takes long. */
  readonly signal: () => AbortSignal
}
