/** Writes one outcome for the host to read from the serial line. */
export function report(outcome: 'passed' | 'failed' | 'skipped', title: string, reason?: string): void {
  console.log(`VM ${JSON.stringify({ outcome, title, reason })}`)
}
