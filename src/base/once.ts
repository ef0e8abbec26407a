/** Returns a function that runs `task` at its first call, and gives every call the same promise. */
export function once<T>(task: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  return () => {
    running ??= task()
    return running
  }
}
