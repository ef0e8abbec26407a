/** An AI model that services use, which something outside of the project serves. */
export interface AiModel {
  /** In the file. */
  readonly key: string
  /** To show. @default its key */
  readonly name?: string
  /** Its OCI reference, e.g. `ai/smollm2`. */
  readonly reference: string
  /** In tokens. @default what serves it decides */
  readonly contextSize?: number
  /** For the program that runs it. */
  readonly runtimeFlags: readonly string[]
}

/** A model of a service, and the variables that say where it is and what it is called. */
export interface ModelUse {
  /** Key of the model. */
  readonly model: string
  readonly endpointVariable: string
  readonly nameVariable: string
}

/** Where a model is served. */
export interface ModelAddress {
  readonly endpoint: string
  /** What it is called there. */
  readonly name: string
}
