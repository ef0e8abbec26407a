// A health check: exits with 0 if the address in the first argument answers with 200, otherwise with 1.
const answer = await fetch(process.argv[2]).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
