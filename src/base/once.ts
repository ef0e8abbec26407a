/** Returns a function that runs `task` at its first call, and gives every call its result, such as one promise. */
export function once<T extends object | string>(task: () => T): () => T {
  let result: T | undefined
  return () => {
    result ??= task()
    return result
  }
}
