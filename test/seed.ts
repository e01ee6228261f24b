/** Replays a failure: with `SEED=…`, as the failure printed it, every property test draws the same examples again. */
if (process.env.SEED) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(process.env.SEED) })
}
