/** One mismatch between a document and the schema, in ajv's terms. */
export interface SchemaError {
  readonly keyword: string
  /** A JSON pointer to the value. */
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Checks plain data against schemas/compose.schema.json; the errors of the last call are in `errors`. */
declare const validate: {
  (data: unknown): boolean
  readonly errors?: readonly SchemaError[] | null
}

export default validate
